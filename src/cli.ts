import { launchVersion } from './version.ts'

// The SDK's notice about Node 20 would go to stderr of every command; the versions are pinned knowingly.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

const [, , first, ...more] = process.argv
if ((first === '--version' || first === '-V') && more.length === 0) {
  process.stdout.write(`${launchVersion}\n`)
} else {
  const { main } = await import('./program.ts')
  process.exitCode = await main(process)
}
