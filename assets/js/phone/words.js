// Words and elements that the pages of the phone share.

const LABELS = { attended: "Attended", late: "Late", left_early: "Left early", did_not_attend: "Did not attend" }

/** "late/15" as people read it. */
export function labelOf(word) {
  const [mark, minutes] = word.split("/")
  if (!mark) return "no mark"
  return LABELS[mark] + (minutes === undefined ? "" : `, ${counted(Number(minutes), "minute", "minutes")} missed`)
}

export const counted = (number, one, several) => `${number} ${number === 1 ? one : several}`

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "Europe/London" })
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "Europe/London" })

export function moment(at) {
  const when = new Date(at)
  return `${CLOCK.format(when).replace(/\s/g, "")} on ${DAY.format(when)}`
}

export function element(name, attributes, ...children) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}
