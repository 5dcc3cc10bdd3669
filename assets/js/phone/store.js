// What a register keeps on the phone: marks that are not at the server yet, whose they are, and what the server last said.
// Delegates are numbers and references here, never names.

const COUNT = "register-marks"
let opened

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("registers", 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("marks", { keyPath: "order", autoIncrement: true })
      asked.result.createObjectStore("people", { keyPath: "id" })
      asked.result.createObjectStore("registers", { keyPath: "id" })
    }
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
    asked.onblocked = () => reject(new Error("blocked"))
  })
  return opened
}

/** Do something with the stores in one transaction; resolves once it is on the disk. */
async function within(names, mode, act) {
  const db = await open()
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, mode, { durability: "strict" })
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]))
    const asked = act(stores)
    transaction.oncomplete = () => resolve(asked?.result)
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not kept"))
  })
}

/** The marks that wait, in the order in which they were made. */
export const waiting = () => within(["marks"], "readonly", ({ marks }) => marks.getAll())

export async function add(made, person, register) {
  await within(["marks", "people", "registers"], "readwrite", ({ marks, people, registers }) => {
    people.put(person)
    const known = registers.get(register.id)
    known.onsuccess = () => registers.put({ ...known.result, ...register })
    for (const mark of made) marks.add(mark)
  })
  await count()
}

export async function remove(gone) {
  await within(["marks"], "readwrite", ({ marks }) => {
    for (const { order } of gone) marks.delete(order)
  })
  const left = await count()
  const still = new Set(left.map((mark) => mark.person))
  for (const { id } of await within(["people"], "readonly", ({ people }) => people.getAll())) {
    if (!still.has(id)) await within(["people"], "readwrite", ({ people }) => people.delete(id))
  }
}

export const nameOf = async (id) => (await within(["people"], "readonly", ({ people }) => people.get(id)))?.name ?? ""

/** What is known of a register: its title and address, and what the server last said of it, to whom and when. */
export const register = (id) => within(["registers"], "readonly", ({ registers }) => registers.get(id))

export const know = (id, facts) =>
  within(["registers"], "readwrite", ({ registers }) => {
    const known = registers.get(id)
    known.onsuccess = () => registers.put({ ...known.result, id, ...facts })
  })

/** Forget what the server said of every register for which no mark waits. */
export async function forget() {
  if (!(await indexedDB.databases?.())?.some(({ name }) => name === "registers")) return
  const still = new Set((await waiting()).map((mark) => mark.register))
  await within(["registers"], "readwrite", ({ registers }) => {
    const every = registers.getAllKeys()
    every.onsuccess = () => every.result.filter((id) => !still.has(id)).forEach((id) => registers.delete(id))
  })
}

/** Note the number for every other page, which reads no more than this; a worker has nothing to note it in. */
async function count() {
  const left = await waiting()
  if (globalThis.localStorage) {
    if (left.length) localStorage.setItem(COUNT, String(left.length))
    else localStorage.removeItem(COUNT)
  }
  return left
}

export const counted = () => Number(localStorage.getItem(COUNT) ?? 0)
