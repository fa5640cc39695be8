// node smoke/run.mjs: what must answer at LAUNCH_URL before anyone is let in. Changes nothing. Exit 0 or 1.
const TIMEOUT_MS = 8000
const COLUMNS = ['scheduled', 'arrived', 'in-progress', 'done']
const base = (process.env.LAUNCH_URL ?? '').replace(/\/+$/, '')

const checks = { page, health, appointments, conflict }

if (base === '') {
  console.error('LAUNCH_URL is not set: the address of the board, like http://127.0.0.1:5173')
  process.exitCode = 1
} else {
  const failures = []
  for (const [name, check] of Object.entries(checks)) {
    try {
      console.log(`ok    ${name}: ${await check()}`)
    } catch (error) {
      failures.push(name)
      console.log(`FAIL  ${name}: ${error.message}`)
    }
  }
  console.log(failures.length === 0 ? `smoke passed at ${base}` : `smoke failed at ${base}: ${failures.join(', ')}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

/** The page and every file it names. */
async function page() {
  const html = await text('/', 'text/html')
  const assets = [...new Set([...html.matchAll(/\s(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path))]
  if (!/<script[^>]* src="/.test(html)) throw new Error('index.html names no script')
  for (const path of assets) await text(path, typeOf(path))
  return `index.html and ${assets.length} files`
}

async function health() {
  const { status } = await json('/api/health')
  if (status !== 'ok') throw new Error(`/api/health says ${JSON.stringify(status)}, not "ok"`)
  return 'ok'
}

async function appointments() {
  const list = await listed()
  for (const one of list) {
    const wrong =
      ['id', 'patient', 'title'].find((field) => typeof one[field] !== 'string') ??
      (COLUMNS.includes(one.column) ? undefined : 'column') ??
      (Number.isNaN(Date.parse(one.start)) ? 'start' : undefined) ??
      (Number.isInteger(one.version) ? undefined : 'version')
    if (wrong !== undefined)
      throw new Error(`appointment ${one.id} has no valid ${wrong}: ${JSON.stringify(one[wrong])}`)
  }
  return `${list.length} listed`
}

/** One change made on an old version: it must be refused, with what is true now, and leave everything as it was. */
async function conflict() {
  const [{ id, column, version }] = await listed()
  const response = await get(`/api/appointments/${encodeURIComponent(id)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ column, version: version - 1 }),
  })
  const body = await response.json().catch(() => null)
  if (response.status !== 409) throw new Error(`a change on an old version was answered ${response.status}, not 409`)
  if (body?.error !== 'conflict' || body.current?.id !== id) throw new Error('the 409 does not say what is true now')
  return `a change on version ${version - 1} of ${id} was refused with 409, now ${body.current.version}`
}

async function listed() {
  const { appointments: list } = await json('/api/appointments')
  if (!Array.isArray(list) || list.length === 0) throw new Error('/api/appointments lists no appointment')
  return list
}

async function text(path, type) {
  const response = await get(path)
  const answered = response.headers.get('content-type') ?? 'no content type'
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  if (!answered.startsWith(type)) throw new Error(`${path} is ${answered}, not ${type}`)
  const body = await response.text()
  if (body === '') throw new Error(`${path} is empty`)
  return body
}

async function json(path) {
  return JSON.parse(await text(path, 'application/json'))
}

function get(path, init = {}) {
  return fetch(`${base}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error) => {
      throw new Error(`${path} does not answer: ${error.cause?.message || error.cause?.code || error.message}`)
    },
  )
}

function typeOf(path) {
  const types = {
    js: 'text/javascript',
    ts: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
    txt: 'text/plain',
    html: 'text/html',
  }
  return types[path.split('.').at(-1)] ?? ''
}
