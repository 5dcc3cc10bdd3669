// Whom a need is for: how many agencies and people that is follows each choice. Without this, a button shows it.
const page = document.querySelector("[data-counts-at-once]")
const form = page?.querySelector("form")
let waiting = 0
let asking

async function count() {
  asking?.abort()
  asking = new AbortController()
  const answers = new FormData(form)
  answers.set("count", "1")
  const answer = await fetch(window.location.href, { method: "POST", body: answers, signal: asking.signal })
  const text = await answer.text()
  const counted = new DOMParser().parseFromString(text, "text/html").querySelector("[data-counted]")
  if (answer.ok && counted) form.querySelector("[data-counted]").replaceChildren(...counted.childNodes)
}

form?.querySelector("button[name=count]").remove()
form?.addEventListener("change", () => {
  window.clearTimeout(waiting)
  waiting = window.setTimeout(() => count().catch(() => {}), 300)
})
