// The register in a hall: one tap marks, and every mark is on the phone before it is anywhere else.
import { forget } from "./phone/kept.js"
import { look, sendAll } from "./phone/send.js"
import * as store from "./phone/store.js"
import { counted, element, labelOf, moment } from "./phone/words.js"

const hall = document.querySelector("[data-hall]")
const LONGEST_WAIT = 60_000

class Cell {
  constructor(box) {
    const row = box.closest("[data-booking]")
    this.box = box
    this.row = row
    this.booking = Number(row.dataset.booking)
    this.reference = row.dataset.reference
    this.name = row.querySelector("h2").textContent.trim()
    this.part = Number(box.dataset.part)
    this.key = `${this.booking}-${this.part}`
    this.radios = [...box.querySelectorAll(".app-segments__input")]
    this.minutes = box.querySelector(".app-register__minutes input")
    this.isOpen = !box.querySelector("fieldset").disabled
    this.last = "" // what the server or the phone last had here: the next mark is based on it
    this.told = null
  }

  /** What is chosen on the page, as a word: "late/15". */
  get word() {
    const mark = this.radios.find((radio) => radio.checked)?.value ?? ""
    const minutes = this.minutes?.value.trim()
    return minutes && ["late", "left_early"].includes(mark) ? `${mark}/${minutes}` : mark
  }

  show(word) {
    const [mark, minutes = ""] = word.split("/")
    for (const radio of this.radios) radio.checked = radio.value === mark
    if (this.minutes) this.minutes.value = minutes
  }

  get hasBadMinutes() {
    const typed = this.minutes?.value.trim() ?? ""
    return typed !== "" && !/^\d{1,3}$/.test(typed)
  }

  /** Say something below the delegate's marks; nothing takes it away. */
  say(...nodes) {
    this.told?.remove()
    this.told = null
    if (!nodes.length) return
    this.told = element("div", { class: "app-told", id: `told-${this.key}` }, ...nodes)
    this.box.append(this.told)
  }
}

class Hall {
  constructor(root) {
    const { register, person, name, url, title, at } = root.dataset
    this.root = root
    this.form = root.closest("form")
    this.sentBack = Boolean(document.querySelector(".govuk-error-summary")) // what was typed beside the marks is not kept yet
    this.id = Number(register)
    this.url = url
    this.title = title
    this.at = at
    this.person = { id: Number(person), name }
    this.parts = JSON.parse(root.dataset.parts)
    this.cells = new Map()
    for (const box of this.form.querySelectorAll("[data-part]")) {
      const cell = new Cell(box)
      this.cells.set(cell.key, cell)
    }
    this.shown = new Map()
    for (const pair of this.form.elements.shown.value.split(" ").filter(Boolean)) {
      const at = pair.indexOf("=")
      this.shown.set(pair.slice(0, at), pair.slice(at + 1))
    }
    for (const cell of this.cells.values()) cell.last = this.shown.get(`mark-${cell.key}`) ?? ""
    this.done = []
    this.stuck = new Map() // what the server said of marks that it did not take, by key
    this.outcome = "answered"
    this.wasTurnedBack = false
    this.number = 0
    this.wait = 1000
    for (const part of ["count", "status", "find", "unmarked", "everybody", "undo", "switch"]) {
      this[part] = root.querySelector(`[data-hall-${part}]`)
    }
  }

  async begin() {
    await this.recall()
    this.listen()
    this.root.hidden = false
    document.documentElement.classList.add("app-has-hall")
    this.choosePart(this.partToBegin())
    await this.sync()
    await this.refresh()
  }

  /** Put what the phone knows over the page, which may be one that was kept hours ago. */
  async recall() {
    const known = await store.register(this.id)
    if (known?.person === this.person.id && known.at >= this.at) this.takeOver(known.marks ?? {})
    for (const mark of await this.mine()) {
      const cell = this.cells.get(`${mark.booking}-${mark.part}`)
      if (!cell) continue
      cell.last = mark.mark
      cell.show(mark.mark)
    }
    await this.tell()
  }

  mine = async () =>
    (await store.waiting()).filter((mark) => mark.person === this.person.id && mark.register === this.id)

  /** The register as the server has it, where nothing of this phone waits. */
  takeOver(marks, waiting = new Set()) {
    for (const cell of this.cells.values()) {
      const word = marks[cell.key] ?? ""
      if (waiting.has(cell.key) || cell.hasBadMinutes || cell.minutes === document.activeElement) continue
      if (cell.last !== word || cell.word !== word) cell.show(word)
      cell.last = word
      this.hasShown(cell, word)
    }
    this.recount()
  }

  /** The plain form is sent with what the page showed: that is what the server has by now. */
  hasShown(cell, word) {
    if (word) this.shown.set(`mark-${cell.key}`, word)
    else this.shown.delete(`mark-${cell.key}`)
    this.form.elements.shown.value = [...this.shown].map((pair) => pair.join("=")).join(" ")
  }

  listen() {
    this.form.addEventListener("change", ({ target }) => this.changed(target))
    this.form.addEventListener("submit", (event) => this.submit(event))
    this.undo.addEventListener("click", () => this.takeBack())
    this.everybody.addEventListener("click", () => this.markEverybody())
    this.find.addEventListener("input", () => this.filter())
    this.find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault())
    this.unmarked.addEventListener("change", () => this.filter())
    this.status.addEventListener("click", (event) => this.goToTold(event))
    this.switch?.addEventListener("click", ({ target }) => target.dataset.show && this.choosePart(target.dataset.show))
    window.addEventListener("online", () => this.sync())
    navigator.serviceWorker?.addEventListener("message", ({ data }) => data.isAway && this.stay())
    document.addEventListener("visibilitychange", async () => {
      if (document.visibilityState !== "visible") return
      await this.sync()
      await this.refresh()
    })
    window.addEventListener("beforeunload", (event) => {
      if (this.outcome === "offline" && this.hasTypedScores()) event.preventDefault()
    })
  }

  changed(target) {
    const box = target.closest?.("[data-part]")
    if (!box) return
    const cell = this.cells.get(`${box.closest("[data-booking]").dataset.booking}-${box.dataset.part}`)
    if (target.type === "radio" && cell.minutes) this.suggestMinutes(cell, target.value)
    if (cell.hasBadMinutes) {
      cell.say(element("p", {}, "Enter the minutes missed as a whole number from 0 to 999"))
      return
    }
    const before = cell.last
    this.mark([[cell, cell.word]], [[cell, before]])
  }

  /** Whoever comes in now has missed the minutes since the beginning; it can be changed. */
  suggestMinutes(cell, mark) {
    const { starts, ends } = this.parts[cell.part]
    const now = Date.now()
    const missed = mark === "late" ? now - Date.parse(starts) : Date.parse(ends) - now
    const sensible = missed > 0 && missed < Date.parse(ends) - Date.parse(starts)
    cell.minutes.value = ["late", "left_early"].includes(mark) && sensible ? Math.round(missed / 60_000) : ""
  }

  /** Keep marks on the phone, then send. `before` undoes them. */
  async mark(marks, before) {
    const chosen = marks.filter(([cell, word]) => cell.last !== word || this.stuck.has(cell.key))
    if (!chosen.length) return
    const instead = []
    const made = chosen.map(([cell, word]) => {
      const stuck = this.stuck.get(cell.key)
      if (stuck) instead.push(cell.key)
      const base = stuck?.is === "overtaken" ? stuck.theirs : stuck ? stuck.base : cell.last
      cell.last = word
      cell.show(word)
      return {
        id: crypto.randomUUID(),
        person: this.person.id,
        register: this.id,
        booking: cell.booking,
        reference: cell.reference,
        part: cell.part,
        mark: word,
        base,
        at: new Date().toISOString(),
      }
    })
    this.number += made.length
    if (before) this.done.push(before)
    for (const key of instead) this.stuck.delete(key)
    this.recount()
    this.status.setAttribute("aria-busy", "true")
    this.status.replaceChildren(`Saving ${counted(made.length, "mark", "marks")}`)
    try {
      if (instead.length) {
        await store.remove((await this.mine()).filter((one) => instead.includes(`${one.booking}-${one.part}`)))
      }
      const parts = Object.fromEntries(Object.entries(this.parts).map(([id, part]) => [id, part.name]))
      await store.add(made, this.person, { id: this.id, url: this.url, title: this.title, parts })
    } catch {
      this.status.replaceChildren("This phone keeps nothing for this page. Press Save the register, with a connection.")
      return
    }
    await this.sync()
  }

  takeBack() {
    const before = this.done.pop()
    if (before) this.mark(before)
  }

  markEverybody() {
    const cells = this.toMark()
    this.mark(
      cells.map((cell) => [cell, "attended"]),
      cells.map((cell) => [cell, ""]),
    )
  }

  inSight = () => [...this.cells.values()].filter((cell) => this.part === "all" || cell.part === Number(this.part))

  toMark = () => this.inSight().filter((cell) => cell.isOpen && !cell.word)

  async sync() {
    clearTimeout(this.later)
    await this.tell("saving")
    const found = (await sendAll(this.person.id).catch(() => ({})))[this.id]
    if (found) await this.heard(found)
    await this.tell()
  }

  async heard({ outcome, answers, name, at }) {
    this.outcome = outcome
    this.somebody = name
    this.wait = outcome === "offline" ? Math.min(this.wait * 2, LONGEST_WAIT) : 1000
    if (outcome === "offline") {
      navigator.storage?.persist?.()
      this.later = setTimeout(() => this.sync(), this.wait)
    }
    const waits = new Map((await this.mine()).map((mark) => [`${mark.booking}-${mark.part}`, mark]))
    const { marks = {} } = (await store.register(this.id)) ?? {}
    for (const cell of this.cells.values()) {
      const mark = waits.get(cell.key)
      const answer = mark && answers[mark.id]
      if (answer) this.stuck.set(cell.key, { ...answer, base: mark.base })
      if (!mark) {
        this.stuck.delete(cell.key)
        if (cell.key in marks && at) this.hasShown(cell, marks[cell.key])
      }
    }
  }

  /** See what other trainers marked meanwhile. */
  async refresh() {
    const said = await look(this.url, this.person.id)
    if (said.outcome !== "answered") {
      this.outcome = said.outcome
      this.somebody = said.name
      if (said.outcome === "gone" && !(await this.mine()).length) await forget(location.pathname)
    } else {
      this.outcome = "answered"
      await store.know(this.id, { marks: said.marks, at: said.at, person: this.person.id, title: this.title, url: this.url })
      this.takeOver(said.marks, new Set((await this.mine()).map((mark) => `${mark.booking}-${mark.part}`)))
    }
    await this.tell()
    return said.outcome === "answered"
  }

  // What is said

  async tell(state) {
    if (this.outcome === "answered" && state !== "saving") this.wasTurnedBack = false
    const mine = await this.mine()
    const waits = new Map(mine.map((mark) => [`${mark.booking}-${mark.part}`, mark]))
    for (const cell of this.cells.values()) {
      const mark = waits.get(cell.key)
      if (!mark) cell.say()
      else this.tellOne(cell, mark, this.stuck.get(cell.key), state)
    }
    this.number = waits.size
    const words = this.words(waits, state)
    const somebodys = await this.ofOthers()
    if (somebodys) words.push(" ", somebodys)
    const before = this.status.textContent
    const now = element("span", {}, ...words)
    if (now.textContent !== before) this.status.replaceChildren(...now.childNodes)
    this.status.setAttribute("aria-busy", String(state === "saving")) // read out once it is settled
    this.status.dataset.state = (waits.size && state !== "saving") || somebodys ? "waiting" : this.outcome === "offline" ? "offline" : "saved"
    this.recount()
  }

  tellOne(cell, mark, stuck, state) {
    if (stuck?.is === "overtaken") {
      const keep = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, `Keep ${labelOf(mark.mark)}`)
      const take = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, `Take ${labelOf(stuck.theirs)}`)
      keep.addEventListener("click", () => this.mark([[cell, mark.mark]]))
      take.addEventListener("click", () => this.giveWay(cell, stuck.theirs))
      const words = element("p", {}, element("strong", {}, `${stuck.says}.`), ` You marked ${labelOf(mark.mark)} at ${moment(mark.at)}. Which is right?`)
      cell.say(words, element("div", { class: "app-actions" }, keep, take))
    } else if (stuck?.is === "refused") {
      const drop = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, `Remove ${labelOf(mark.mark)} from this phone`)
      drop.addEventListener("click", () => this.giveWay(cell, mark.base))
      cell.say(element("p", {}, element("strong", {}, "Not saved. "), `${stuck.why}. The mark is on this phone only.`), element("div", { class: "app-actions" }, drop))
    } else if (state !== "saving" || this.outcome !== "answered") {
      cell.say(element("p", {}, "On this phone only"))
    }
  }

  /** Let the other's mark stand, or none. */
  async giveWay(cell, word) {
    await store.remove((await this.mine()).filter((mark) => `${mark.booking}-${mark.part}` === cell.key))
    this.stuck.delete(cell.key)
    cell.last = word
    cell.show(word)
    this.hasShown(cell, word)
    await this.refresh()
  }

  words(waits, state) {
    const number = waits.size
    const only = `${counted(number, "mark is", "marks are")} on this phone only.`
    const it = number === 1 ? "it" : "them"
    const stuck = [...waits.keys()].filter((key) => this.stuck.has(key))
    const link = (href, text) => element("a", { class: "govuk-link", href }, text)
    const { signIn, onPhone } = this.root.dataset
    if (this.outcome === "offline") {
      const needs = this.wasTurnedBack ? " Adding somebody and closing the register need a connection." : ""
      if (!number) return [`No connection. Go on marking: the marks stay on this phone until there is one.${needs}`]
      return [`No connection. ${only} ${number === 1 ? "It is" : "They are"} sent as soon as there is one.${needs}`]
    }
    if (this.outcome === "signed-out") {
      const text = number ? `Sign in as ${this.person.name} to send ${it}` : `Sign in as ${this.person.name}`
      return ["You are signed out. ", ...(number ? [only, " "] : []), link(signIn, text)]
    }
    if (this.outcome === "somebody-else") {
      return [`${this.somebody} is signed in. `, ...(number ? [only, " "] : []), link(signIn, `Sign in as ${this.person.name}${number ? ` to send ${it}` : ""}`)]
    }
    if (this.outcome === "gone") {
      return ["You cannot take this register any more: the session was called off, or is not yours. ", ...(number ? [only, " ", link(onPhone, "Keep a list of them")] : [])]
    }
    if (stuck.length) {
      const first = stuck.find((key) => this.cells.has(key))
      const asks = stuck.some((key) => this.stuck.get(key).is === "overtaken")
      return [
        `${counted(stuck.length, "mark is", "marks are")} not saved. `,
        first ? link(`#told-${first}`, asks ? "Choose which is right" : "See why") : "",
        " ",
        link(onPhone, "Keep a list"),
      ]
    }
    if (!number) return [this.sentBack ? "All marks are saved, and scores are not yet." : "All marks are saved."]
    return state === "saving" ? [`Saving ${counted(number, "mark", "marks")}`] : [only]
  }

  async ofOthers() {
    const others = (await store.waiting()).filter((mark) => mark.register === this.id && mark.person !== this.person.id)
    if (!others.length) return null
    const whose = await store.nameOf(others[0].person)
    const number = others.filter((mark) => mark.person === others[0].person).length
    return element("span", {}, `${counted(number, "mark", "marks")} of ${whose} ${number === 1 ? "is" : "are"} on this phone only. `, element("a", { class: "govuk-link", href: this.root.dataset.onPhone }, `Sign in as ${whose} to send ${number === 1 ? "it" : "them"}`))
  }

  recount() {
    const cells = this.inSight()
    const marked = cells.filter((cell) => cell.word).length
    for (const shown of [this.count, this.form.querySelector("[data-marks-counted]")]) {
      if (shown) shown.textContent = `${marked} of ${cells.length} marked`
    }
    const left = this.toMark().length
    this.everybody.textContent = marked ? `The other ${left} attended` : "Everybody attended"
    this.everybody.disabled = !left
    const last = this.done.at(-1)
    this.undo.disabled = !last
    this.undo.textContent = !last ? "Undo" : last.length === 1 ? `Undo ${last[0][0].name}` : `Undo ${last.length} marks`
  }

  // What is in sight

  partToBegin() {
    if (!this.switch || window.matchMedia("(min-width: 641px)").matches) return "all"
    const open = Object.entries(this.parts).filter(([, part]) => part.open)
    return open.length ? open.at(-1)[0] : "all"
  }

  choosePart(part) {
    this.part = part
    for (const button of this.switch?.querySelectorAll("button") ?? []) {
      button.setAttribute("aria-pressed", String(button.dataset.show === part))
    }
    const inSight = new Set(this.inSight())
    for (const cell of this.cells.values()) cell.box.hidden = !inSight.has(cell)
    this.recount()
    this.filter()
  }

  /** Whoever is marked while the list is filtered stays until it is filtered anew, so that nothing moves under a finger. */
  filter() {
    const words = this.find.value.trim().toLowerCase().split(/\s+/)
    const rows = new Map()
    for (const cell of this.inSight()) rows.set(cell.row, (rows.get(cell.row) ?? false) || !cell.word)
    let shown = 0
    for (const row of this.form.querySelectorAll("[data-booking]")) {
      const name = row.querySelector("h2").textContent.toLowerCase()
      const fits = words.every((word) => name.includes(word)) && (!this.unmarked.checked || rows.get(row))
      row.hidden = !rows.has(row) || !fits
      shown += row.hidden ? 0 : 1
    }
    const nobody = this.root.querySelector("[data-hall-nobody]")
    nobody.hidden = shown > 0
  }

  /** What must be settled may be of another part than the one in sight, or of somebody whom the search leaves out. */
  goToTold(event) {
    const key = event.target.closest("a")?.hash.match(/^#told-(.+)$/)?.[1]
    const cell = this.cells.get(key)
    if (!cell?.told) return
    event.preventDefault()
    this.find.value = ""
    this.unmarked.checked = false
    this.choosePart(cell.box.hidden ? String(cell.part) : this.part)
    cell.told.tabIndex = -1
    cell.told.role = "group"
    cell.told.ariaLabel = cell.name
    cell.told.focus({ preventScroll: true })
    cell.row.scrollIntoView()
    requestAnimationFrame(() => {
      const hidden = this.root.getBoundingClientRect().bottom - cell.row.getBoundingClientRect().top
      if (hidden > 0) window.scrollBy(0, -hidden - 8) // the name too stays below the head of the page
    })
  }

  // Sending the plain form

  hasTypedScores = () =>
    [...this.form.querySelectorAll("input[id^=score-]")].some((field) => field.value.trim() !== field.defaultValue)

  /** The form goes once every mark is at the server; until then everything stays on the page. */
  async submit(event) {
    const isAllThere = !this.number && this.outcome === "answered" && navigator.onLine
    if (this.mayGo || isAllThere) return
    event.preventDefault()
    const { submitter } = event
    await this.sync()
    const isThere = await this.refresh()
    const left = await this.mine()
    if (isThere && !left.length) {
      this.mayGo = true
      this.form.requestSubmit(submitter)
      return
    }
    await this.stay()
  }

  /** The form did not get through: say so, and that what was typed is on this page alone. */
  async stay() {
    this.wasTurnedBack = true
    await this.refresh()
    if (this.outcome !== "answered" && this.hasTypedScores()) {
      this.status.append(" Scores can only be saved with a connection: leave this page open until then.")
    }
    this.root.scrollIntoView()
    this.status.tabIndex = -1
    this.status.focus()
  }
}

async function keepThisPage() {
  const { worker, scope } = hall.dataset
  if (!navigator.serviceWorker) return
  await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" })
  const { active } = await navigator.serviceWorker.ready
  if (!navigator.serviceWorker.controller) active.postMessage({ keep: location.pathname })
}

if (hall && window.isSecureContext && window.indexedDB && crypto.randomUUID) {
  new Hall(hall).begin().catch(() => {
    hall.hidden = true // the plain form works as it always does
  })
  keepThisPage().catch(() => {})
}
