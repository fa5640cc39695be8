import { readFileSync } from 'node:fs'
import { launchVersion } from './version.ts'

// The SDK's notice about Node 20 would go to stderr of every command; the versions are pinned knowingly.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

// `launch history | head` closes the pipe: that is no error.
const ignoreBrokenPipe = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
}
process.stdout.on('error', ignoreBrokenPipe)
process.stderr.on('error', ignoreBrokenPipe)

const said = textOf(process.argv.slice(2))
if (said !== null) {
  process.stdout.write(said)
} else {
  // Node leaves when it sees nothing to wait for, also in the middle of a launch (a deadline alone does not count): this counts.
  const busy = setInterval(() => {}, 60_000)
  const { main } = await import('./program.ts')
  process.exitCode = await main(process)
  clearInterval(busy)
  // Everything is said and done. A call that was given up (credentials that no one answers for) may hold its socket for half a minute.
  setTimeout(() => process.exit(), 1000).unref()
}

/** What needs no program: the version, and the overview as the build wrote it down. Null for everything else. */
function textOf([first, ...more]: readonly string[]): string | null {
  if (more.length > 0) return null
  if (first === '--version' || first === '-V') return `${launchVersion}\n`
  if (first !== '--help' && first !== '-h') return null
  try {
    return readFileSync(new URL('overview.txt', import.meta.url), 'utf8')
  } catch {
    // Between two steps of a build: the program knows it as well.
    return null
  }
}
