// Sends what waits, register by register. Every mark has a key, so that sending again does nothing twice.
import * as store from "./store.js"

const AT_ONCE = 500
const tokens = new Map()

/** What came of asking: {outcome, …}. Anything that is not the service's own answer counts as no connection. */
async function ask(url, options = {}) {
  let response
  try {
    response = await fetch(url, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(20_000), ...options })
  } catch {
    return { outcome: "offline" }
  }
  const isOurs = (response.headers.get("Content-Type") ?? "").startsWith("application/json")
  if (response.type === "opaqueredirect" || response.status === 401) return { outcome: "signed-out" }
  if (response.status === 403 || response.status === 404) return { outcome: "gone" }
  if (response.status === 400) return { outcome: "token" }
  if (!isOurs || response.status >= 500 || response.status === 429) return { outcome: "offline" }
  const said = await response.json().catch(() => null)
  if (!said) return { outcome: "offline" }
  return { outcome: response.status === 409 ? "somebody-else" : "answered", ...said }
}

/** What the register says now; keeps the token that comes with it. */
export async function look(url, person) {
  const said = await ask(url)
  if (said.outcome !== "answered") return said
  tokens.set(url, said.token)
  return said.person === person ? said : { outcome: "somebody-else", name: said.name }
}

async function post(url, person, marks) {
  const body = JSON.stringify({
    person,
    marks: marks.map(({ id, booking, part, mark, base }) => ({ id, booking, part, mark, base })),
  })
  const sent = () =>
    ask(url, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", "X-CSRFToken": tokens.get(url) ?? "" },
    })
  const first = tokens.has(url) ? await sent() : { outcome: "token" }
  if (first.outcome !== "token") return first
  const now = await look(url, person) // a page that was opened hours ago, or before signing in again, has a token of then
  return now.outcome === "answered" ? sent() : now
}

/** Send all marks of a person that wait; what came of each register, as {register: {outcome, answers, name}}. */
export async function sendAll(person) {
  const alone = navigator.locks ? (act) => navigator.locks.request("register-marks", act) : (act) => act()
  return alone(async () => {
    const found = {}
    const mine = (await store.waiting()).filter((mark) => mark.person === person)
    for (const id of new Set(mine.map((mark) => mark.register))) {
      const { url } = (await store.register(id)) ?? {}
      const marks = mine.filter((mark) => mark.register === id)
      found[id] = { outcome: "answered", answers: {} }
      for (let from = 0; from < marks.length && found[id].outcome === "answered"; from += AT_ONCE) {
        const said = await post(url, person, marks.slice(from, from + AT_ONCE))
        const answers = { ...found[id].answers, ...said.answers }
        found[id] = { ...said, outcome: said.outcome === "token" ? "offline" : said.outcome, answers }
      }
      await settle(id, marks, found[id])
    }
    return found
  })
}

/** Take off the phone what is at the server: a mark that was taken, and all before it of the same delegate and part. */
async function settle(id, marks, said) {
  const taken = new Map()
  for (const mark of marks) {
    if (said.answers[mark.id]?.is === "taken") taken.set(`${mark.booking}-${mark.part}`, mark)
  }
  if (!taken.size) return
  const known = await store.register(id)
  const words = { ...known?.marks }
  for (const [cell, mark] of taken) words[cell] = mark.mark
  await store.know(id, { marks: words, at: said.at, person: marks[0].person })
  await store.remove(marks.filter((mark) => mark.order <= (taken.get(`${mark.booking}-${mark.part}`)?.order ?? -1)))
}
