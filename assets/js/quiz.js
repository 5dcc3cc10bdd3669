// Counts down the time of a quiz. Without it the page says how much was left when it was opened.
//
// The words change once a minute; a screen reader hears them at five minutes and at one, and no more. When the time is
// over, what is chosen on the page is sent in, so that it is not lost.

const place = document.querySelector("[data-time-left]")
const words = place.querySelector("[data-time-left-words]")
const said = place.querySelector("[data-time-left-said]")
const form = document.querySelector("[data-ends-with-time]")
const end = Date.now() + Number(place.dataset.timeLeft) * 1000
const announced = new Set()

function show() {
  const seconds = (end - Date.now()) / 1000
  const minutes = Math.ceil(seconds / 60)
  const text = minutes <= 1 ? "less than a minute" : `${minutes} minutes`
  if (words.textContent !== text) words.textContent = text
  for (const [at, spoken] of [[300, "5 minutes left"], [60, "1 minute left"]]) {
    if (seconds <= at && seconds > at - 30 && !announced.has(at)) {
      announced.add(at)
      said.textContent = spoken
    }
  }
  if (seconds > 0) return
  clearInterval(counting)
  if (form) form.requestSubmit ? form.requestSubmit() : form.submit()
  else location.reload()
}

const counting = setInterval(show, 1000)
show()
