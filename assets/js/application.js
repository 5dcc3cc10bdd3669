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

// A register counts what is marked while the trainer goes down the list.
for (const form of document.querySelectorAll("form[data-count-marks]")) {
  const shown = form.querySelector("[data-marks-counted]")
  if (!shown) continue
  const count = () => {
    const asked = new Set([...form.querySelectorAll(".app-segments__input")].map((input) => input.name))
    const marked = form.querySelectorAll(".app-segments__input:checked").length
    shown.textContent = `${marked} of ${asked.size} marked`
  }
  form.addEventListener("change", count)
  count()
}
