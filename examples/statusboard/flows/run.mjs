// node flows/run.mjs <flow>|all: end-to-end flows of the new board at LAUNCH_URL. Exit 0 passed, 1 failed, 2 usage, 77 not run.
import { boardLoads } from './board-loads.mjs'
import { Missing, openBrowser } from './browser.mjs'
import { conflict } from './conflict.mjs'
import { dragAndDrop } from './drag-and-drop.mjs'
import { drawer } from './drawer.mjs'

const flows = { 'board-loads': boardLoads, 'drag-and-drop': dragAndDrop, conflict, drawer }
const STEP_TIMEOUT_MS = 6000
const NOT_RUN = 77

process.exitCode = await main(process.argv[2], process.env.LAUNCH_URL)

async function main(asked, url) {
  const names = asked === 'all' ? Object.keys(flows) : [asked].filter((name) => Object.hasOwn(flows, String(name)))
  if (names.length === 0) return say(2, `unknown flow "${asked ?? ''}"; one of ${Object.keys(flows).join(', ')}, all`)
  if (!url) return say(2, 'LAUNCH_URL is not set: the address of the board, like http://127.0.0.1:5173')
  const opened = await openBrowser().catch((error) => error)
  if (opened instanceof Missing) return say(NOT_RUN, `not run: ${opened.message}`)
  if (opened instanceof Error) return say(1, `the browser did not start: ${firstLine(opened)}`)
  try {
    return await runAll(opened, names, url.replace(/\/+$/, ''))
  } finally {
    await opened.close()
  }
}

async function runAll(browser, names, base) {
  for (const name of names) {
    const since = performance.now()
    const failure = await runOne(browser, name, base)
    if (failure !== null) return say(1, `${name} failed: ${failure}`)
    console.log(`  ${Math.round(performance.now() - since)} ms`)
  }
  return 0
}

/** Null when it passed. Each window is a browser context of its own: no storage is shared, and none sleeps in the background. */
async function runOne(browser, name, base) {
  const contexts = []
  const newWindow = async () => {
    const context = await browser.newContext()
    contexts.push(context)
    context.setDefaultTimeout(STEP_TIMEOUT_MS)
    return context.newPage()
  }
  try {
    process.stdout.write(`${name} passed: ${await flows[name](newWindow, base)}`)
    return null
  } catch (error) {
    return firstLine(error)
  } finally {
    for (const context of contexts) await context.close()
  }
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0]
}

function say(exitCode, line) {
  if (exitCode === NOT_RUN) console.log(line)
  else console.error(line)
  return exitCode
}
