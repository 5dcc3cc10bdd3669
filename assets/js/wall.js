// The code on the wall changes in its place, and the screen stays awake. Without this file the page loads itself again.
const wall = document.querySelector("[data-wall]")

function ask() {
  const seconds = Number(wall.querySelector("[data-wall-changes]").dataset.wallChanges)
  setTimeout(change, seconds * 1000)
}

async function change() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const next = page.querySelector("[data-wall]")
    if (!next) return location.reload() // it is over, or somebody signed out
    wall.replaceChildren(...next.childNodes)
    return ask()
  } catch {
    wall.querySelector("[data-wall-trouble]").textContent = "No connection: this code is over. Trying again."
  }
  setTimeout(change, 5000)
}

if (wall) {
  ask()
  navigator.wakeLock?.request("screen").catch(() => {})
}
