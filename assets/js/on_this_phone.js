// What this phone keeps of registers: marks that are not sent yet, and pages that open without a connection.
import { keptPages } from "./phone/kept.js"
import { sendAll } from "./phone/send.js"
import * as store from "./phone/store.js"
import { counted, element, labelOf, moment } from "./phone/words.js"

const root = document.querySelector("[data-on-this-phone]")
const WHY = {
  offline: () => "There is no connection. Open the register when there is one, and what waits is sent.",
  "signed-out": (whose) => `Sign in as ${whose} and open the register to send what waits.`,
  "somebody-else": (whose, name) => `${name} is signed in. Sign in as ${whose} and open the register to send what waits.`,
  gone: () => "This register cannot be taken by you any more, or its session was called off. Give the list to the training team.",
  answered: () => "The service did not take what waits. Open the register to choose, or give the list to the training team.",
}

async function show() {
  const marks = await store.waiting()
  const found = {}
  for (const person of new Set(marks.map((mark) => mark.person))) found[person] = await sendAll(person)
  const left = await store.waiting()
  const pages = await keptPages()
  const names = new Map()
  for (const { page } of pages) {
    const kept = new DOMParser().parseFromString(await page.clone().text(), "text/html")
    for (const row of kept.querySelectorAll("[data-booking]")) {
      names.set(Number(row.dataset.booking), row.querySelector("h2").textContent.trim())
    }
  }
  const sections = []
  if (!left.length) {
    const sent = marks.length ? `${counted(marks.length, "mark", "marks")} sent. ` : ""
    sections.push(element("p", { class: "govuk-body", "data-nothing": "" }, `${sent}No mark waits on this phone.`))
  }
  const groups = Map.groupBy
    ? Map.groupBy(left, (mark) => `${mark.person}/${mark.register}`)
    : left.reduce((all, mark) => all.set(`${mark.person}/${mark.register}`, [...(all.get(`${mark.person}/${mark.register}`) ?? []), mark]), new Map())
  for (const group of groups.values()) sections.push(await section(group, found, names))
  if (pages.length) sections.push(await opened(pages))
  root.replaceChildren(...sections)
}

async function section(marks, found, names) {
  const [{ person, register }] = marks
  const whose = (await store.nameOf(person)) || "whoever marked them"
  const { title = "A register", parts = {}, url = "" } = (await store.register(register)) ?? {}
  const { outcome = "offline", name = "", answers = {} } = found[person]?.[register] ?? {}
  const lines = marks.map((mark) => {
    const who = names.has(mark.booking) ? `${names.get(mark.booking)} (booking ${mark.reference})` : `Booking ${mark.reference}`
    const said = answers[mark.id]
    const why = said?.is === "refused" ? `. ${said.why}` : said?.is === "overtaken" ? `. ${said.says}` : ""
    return [who, parts[mark.part] ?? "", labelOf(mark.mark), moment(mark.at), why]
  })
  const button = (text, act, kind = "secondary") => {
    const made = element("button", { type: "button", class: `govuk-button govuk-button--${kind}` }, text)
    made.addEventListener("click", act)
    return made
  }
  return element(
    "section",
    {},
    element("h2", { class: "govuk-heading-m" }, title),
    element("p", { class: "govuk-body" }, `${counted(marks.length, "mark", "marks")} of ${whose} ${marks.length === 1 ? "is" : "are"} on this phone only. ${WHY[outcome](whose, name)}`),
    element(
      "ul",
      { class: "govuk-list govuk-list--bullet" },
      ...lines.map(([who, part, label, at, why]) => element("li", {}, `${[who, part].filter(Boolean).join(", ")}: ${label}, at ${at}${why}`)),
    ),
    element(
      "div",
      { class: "app-actions app-no-print" },
      button("Send now", () => show()),
      element("a", { class: "govuk-link", href: url.replace(/\/marks$/, "") }, "Open the register"),
      button("Download the list", () => download(title, lines)),
      button("Print the list", () => window.print()),
      button("Remove from this phone", async () => {
        if (!confirm(`Remove ${counted(marks.length, "mark", "marks")} for good? Nobody else has them.`)) return
        await store.remove(marks)
        await show()
      }, "warning"),
    ),
  )
}

async function opened(pages) {
  const links = []
  for (const { path } of pages) {
    const { title } = (await store.register(Number(path.split("/").pop()))) ?? {}
    links.push(element("li", {}, element("a", { class: "govuk-link", href: path }, title ?? "A register")))
  }
  return element("section", { class: "app-no-print" }, element("h2", { class: "govuk-heading-m" }, "Registers that open without a connection"), element("ul", { class: "govuk-list" }, ...links))
}

/** A file for any spreadsheet; a cell that could be taken for a formula begins with an apostrophe. */
function download(title, lines) {
  const cell = (text) => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  const rows = [["Booking", "Part", "Mark", "Marked", "Why it is not saved"], ...lines]
  const file = new Blob([`\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`], { type: "text/csv" })
  const link = element("a", { href: URL.createObjectURL(file), download: `Marks, ${title}.csv` })
  link.click()
  URL.revokeObjectURL(link.href)
}

if (root) {
  show().catch(() => root.replaceChildren(element("p", { class: "govuk-body" }, "This browser keeps nothing for this service.")))
  window.addEventListener("online", () => show())
}
