// Registers' pages that are kept to be opened without a connection. They hold names, so they stay for half a day at most.

export const PAGES = "register-pages"
const HOURS = 12

export async function keep(path, response) {
  const headers = new Headers(response.headers)
  headers.set("Kept-At", String(Date.now()))
  const pages = await caches.open(PAGES)
  await pages.put(path, new Response(await response.blob(), { status: 200, headers }))
}

/** Every kept page with its path and whose it is; what is too old goes. */
export async function keptPages() {
  if (!(await caches.has(PAGES))) return []
  const pages = await caches.open(PAGES)
  const found = []
  for (const request of await pages.keys()) {
    const page = await pages.match(request, { ignoreVary: true })
    const age = Date.now() - Number(page?.headers.get("Kept-At"))
    if (!page || !(age >= 0 && age < HOURS * 3600_000)) await pages.delete(request, { ignoreVary: true })
    else found.push({ path: new URL(request.url).pathname, page, person: Number(page.headers.get("Keep-On-Phone")) })
  }
  return found
}

export const keptPage = async (path) => (await keptPages()).find((one) => one.path === path)?.page

export async function forget(path) {
  if (await caches.has(PAGES)) await (await caches.open(PAGES)).delete(path, { ignoreVary: true })
}

export const forgetAll = () => caches.delete(PAGES)
