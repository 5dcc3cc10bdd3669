// Builds static/ from assets/: one style sheet, the scripts, the fonts and the pictures.
//
// Every file gets a name with the hash of its content, so that browsers may keep it for ever, and
// static/manifest.json tells the application that name. CSS refers to a font or a picture by its own
// name, url("fonts/x.woff2") or url("images/x.svg"): the build puts the hashed name in its place, and
// stops when there is no such file. Text gets brotli and gzip copies beside it.
//
// Run by `python3 dev.py run`, or by hand: npm run build

import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, gzipSync } from "node:zlib"
import * as esbuild from "esbuild"
import * as sass from "sass"

const root = fileURLToPath(new URL("..", import.meta.url))
const finished = path.join(root, "static")
const building = path.join(root, "static.new")
const fontPackage = "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files"
const paperFonts = "node_modules/@expo-google-fonts/atkinson-hyperlegible-next" // PDFs cannot use woff2
const borrowedPictures = "node_modules/@ministryofjustice/frontend/moj/assets/images"

const manifest = {}

/** Puts one file into the build under its hashed name, and that name into the manifest. */
async function publish(name, content) {
  const { dir, name: stem, ext } = path.posix.parse(name)
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12)
  manifest[name] = path.posix.join(dir, `${stem}.${hash}${ext}`)
  await write(manifest[name], content)
}

async function write(name, content) {
  const target = path.join(building, name)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, content)
  if (/\.(css|js|svg|json)$/.test(name)) {
    await writeFile(`${target}.br`, brotliCompressSync(content))
    await writeFile(`${target}.gz`, gzipSync(content, { level: 9 }))
  }
}

/** Publishes every file of a folder that the pattern fits; a folder that is not there has none. */
async function publishFolder(folder, prefix, pattern) {
  const source = path.join(root, folder)
  for (const name of existsSync(source) ? (await readdir(source)).sort() : []) {
    if (pattern.test(name)) await publish(`${prefix}/${name}`, await readFile(path.join(source, name)))
  }
}

/** The style sheet, each url() in it pointing at a file of this build. */
async function stylesheet() {
  const { css } = sass.compile(path.join(root, "assets/scss/application.scss"), {
    style: "compressed",
    charset: false,
    loadPaths: [path.join(root, "node_modules"), root], // MOJ asks for "node_modules/govuk-frontend/…"
    quietDeps: true,
  })
  const addresses = [...css.matchAll(/url\(\s*(["']?)(?!data:|#)(.*?)\1\s*\)/g)]
  for (const [, , address] of addresses) {
    const name = nameOf(address)
    const borrowed = path.join(root, borrowedPictures, path.basename(name))
    if (!(name in manifest) && existsSync(borrowed)) await publish(name, await readFile(borrowed))
    if (!(name in manifest)) throw new Error(`The style sheet asks for ${address}, and assets/ has no ${name}`)
  }
  return addresses.reduce((text, [whole, , address]) => text.replaceAll(whole, `url(${manifest[nameOf(address)]})`), css)
}

/** "images/x.svg" for whatever path a style sheet gave to x.svg; fonts by their ending. */
function nameOf(address) {
  const file = path.posix.basename(address.replace(/[?#].*$/, ""))
  return `${/\.(woff2?|ttf)$/.test(file) ? "fonts" : "images"}/${file}`
}

async function script(name, format = "esm") {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(root, "assets/js", name)],
    bundle: true,
    minify: true,
    format,
    target: "es2020",
    legalComments: "none",
    write: false,
    logLevel: "warning",
  })
  return outputFiles[0].contents
}

await rm(building, { recursive: true, force: true })
await publishFolder(fontPackage, "fonts", /\.woff2$/)
for (const style of ["400Regular", "700Bold"]) {
  const name = `AtkinsonHyperlegibleNext_${style}.ttf`
  await write(`paper/${name}`, await readFile(path.join(root, paperFonts, style, name)))
}
await publishFolder("assets/fonts", "fonts", /\.(woff2|ttf)$/)
await publishFolder("assets/images", "images", /\.(svg|png|jpg|webp|ico)$/)
await publish("application.css", await stylesheet())
for (const name of ["application.js", "register.js", "on_this_phone.js", "quiz.js"]) await publish(name, await script(name))
await publish("worker.js", await script("worker.js", "iife"))
await writeFile(path.join(building, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n")

await rm(finished, { recursive: true, force: true })
await rename(building, finished)
