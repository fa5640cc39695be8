import { launchVersion } from './version.ts'

// The SDK's notice about Node 20 would go to stderr of every command; the versions are pinned knowingly.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

const [, , first, ...more] = process.argv
if ((first === '--version' || first === '-V') && more.length === 0) {
  process.stdout.write(`${launchVersion}\n`)
} else {
  // Node leaves when it sees nothing to wait for, also in the middle of a launch (a deadline alone does not count): this counts.
  const busy = setInterval(() => {}, 60_000)
  const { main } = await import('./program.ts')
  process.exitCode = await main(process)
  clearInterval(busy)
  // Everything is said and done. A call that was given up (credentials that no one answers for) may hold its socket for half a minute.
  setTimeout(() => process.exit(), 1000).unref()
}
