// Keeps the pages of open registers, and what they need, for halls without a connection. The service puts BUILD before it.
import { forget, keep, keptPage } from "./phone/kept.js"
import { waiting } from "./phone/store.js"

const { build, assets, offline } = self.BUILD
const BUILT = "register-build-"
const PATIENCE = 4000

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

async function fill() {
  const cache = await caches.open(BUILT + build)
  await cache.addAll(assets)
  const page = await fetch(offline, { credentials: "omit" }) // without anybody's name in it
  if (!page.ok) throw new Error("no page for when there is no connection")
  await cache.put(offline, page)
}

self.addEventListener("activate", (event) => {
  event.waitUntil(leaveOld().then(() => self.clients.claim()))
})

/** The build before this one stays: a page that was kept an hour ago needs it. */
async function leaveOld() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(BUILT) && name !== BUILT + build)
  await Promise.all(builds.slice(0, -1).map((name) => caches.delete(name)))
}

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(fetch(event.data.keep).then((page) => look(event.data.keep, page)))
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname, search } = new URL(request.url)
  if (origin !== self.location.origin) return
  if (request.mode === "navigate" && request.method === "POST") event.respondWith(sent(request))
  if (request.method !== "GET") return
  if (request.mode === "navigate") event.respondWith(page(event, search ? "" : pathname))
  else if (assets.includes(pathname) || pathname.includes("/static/")) event.respondWith(built(request))
})

/** A form that cannot be sent leaves its page, and all that was typed, where it is. */
async function sent(request) {
  try {
    return await fetch(request)
  } catch {
    for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ isAway: true })
    return new Response(null, { status: 204 })
  }
}

const built = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request)

async function page(event, path) {
  const kept = path && (await keptPage(path))
  const asked = fetch(event.request)
  const looked = asked.then(async (response) => {
    if (path) await look(path, response.clone())
  })
  event.waitUntil(looked.catch(() => {}))
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE))
  try {
    const response = await (kept ? Promise.race([asked, late]) : asked)
    return kept && response.status >= 500 ? kept : response
  } catch {
    return kept || (await caches.match(offline, { ignoreVary: true })) || Response.error()
  }
}

/** Keep a page that asks for it; let go of a register that was closed or is theirs no more, unless marks for it still wait here. */
async function look(path, response) {
  if (response.type !== "basic" || ![200, 403, 404].includes(response.status) || response.redirected) return
  if (response.ok && response.headers.has("Keep-On-Phone")) return keep(path, response)
  const id = Number(path.split("/").pop())
  if ((await keptPage(path)) && !(await waiting()).some((mark) => mark.register === id)) await forget(path)
}
