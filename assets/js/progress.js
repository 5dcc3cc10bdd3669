// How far something is changes in its place. Without this file the page loads itself again.
const progress = document.querySelector("[data-progress]")

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const next = page.querySelector("[data-progress]")
    if (!next) return location.reload() // it is done, or somebody signed out
    progress.replaceChildren(...next.childNodes)
  } catch {
    // no connection: the next look may find one
  }
  wait()
}

function wait() {
  setTimeout(look, Number(progress.dataset.progress) * 1000)
}

if (progress) wait()
