// Everything works without this file; with it, some of it works better.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend"
import { forget, forgetAll, keptPages } from "./phone/kept.js"
import { counted, forget as forgetRegisters } from "./phone/store.js"
import { element } from "./phone/words.js"
import "./audience.js"
import "./progress.js"
import "./wall.js"

for (const component of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
]) {
  createAll(component)
}

// Filters stand open beside the list on a wide screen, in browsers whose style sheet cannot do that alone.
const wide = window.matchMedia("(min-width: 900px)")
for (const filter of document.querySelectorAll("details.app-filter")) {
  if (wide.matches) filter.open = true
  wide.addEventListener("change", () => {
    if (wide.matches) filter.open = true
  })
}

// A register that was opened on this phone may have left something: marks that wait, a page with names.
const marksHere = window.localStorage ? counted() : 0
const { viewer, marksPage } = document.body.dataset
if (marksHere && !document.querySelector("[data-hall], [data-on-this-phone]")) {
  const words = `${marksHere} register ${marksHere === 1 ? "mark is" : "marks are"} on this phone only. `
  const link = element("a", { class: "govuk-link", href: marksPage }, "See what to do")
  const note = element("p", { class: "govuk-body app-marks-wait" }, words, link)
  document.querySelector("#main-content")?.prepend(element("div", { class: "govuk-width-container" }, note))
}

/** Names stay no longer than half a day, never after somebody signed out, and never when somebody else signed in. */
async function forgetNames() {
  const pages = await keptPages()
  if (document.querySelector("[data-forget-names]")) await Promise.all([forgetAll(), forgetRegisters()])
  else for (const { path, person } of pages) if (viewer && person !== Number(viewer)) await forget(path)
}
if (window.isSecureContext && window.caches) forgetNames().catch(() => {})
