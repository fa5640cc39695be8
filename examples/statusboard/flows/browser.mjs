import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Thrown when this machine has nothing to run a flow with: no verdict on the app. */
export class Missing extends Error {}

/** A browser that is already installed; nothing is ever downloaded. */
export async function openBrowser() {
  const playwright = await import('playwright-core').catch(() => null)
  if (playwright === null) throw new Missing('playwright-core is not installed')
  const executablePath = await findChromium()
  if (executablePath === null)
    throw new Missing(`no Chromium: none of ${NAMES.join(', ')} is in PATH and CHROMIUM is not set`)
  return playwright.chromium.launch({ executablePath, args: ARGS, headless: true })
}

async function findChromium() {
  const named = process.env.CHROMIUM || process.env.CHROMIUM_PATH
  if (named) return (await runnable(named)) ? named : null
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of NAMES) {
    for (const folder of folders) if (await runnable(join(folder, name))) return join(folder, name)
  }
  return null
}

async function runnable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
