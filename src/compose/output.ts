import { Chalk } from 'chalk'
import { safeScreen } from '../core/safe-text.ts'
import { terminalOf, type Terminal } from '../host/terminal.ts'
import { secretScrubber, type Scrubber } from '../host/secrets.ts'
import { defused } from '../ui/github-commands.ts'
import type { Spinner } from '../ui/reporter.ts'
import { makeTheme, type Theme } from '../ui/theme.ts'
import { ciOn, type Ci } from './ci.ts'
import type { GlobalOptions } from './options.ts'

/** Where text goes. Results on stdout, everything else on stderr; secrets are taken out of both. */
export type Output = {
  /** The text without the secrets of this process, for what goes elsewhere. */
  readonly scrub: (text: string) => string
  /** What the CI system takes besides text; null on none that launch knows. */
  readonly ci: Ci | null
  readonly out: { readonly write: (text: string) => void; readonly theme: Theme; readonly terminal: Terminal }
  readonly err: { readonly write: (text: string) => void; readonly theme: Theme; readonly terminal: Terminal }
}

type Streams = { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream }

export function outputOf(options: Pick<GlobalOptions, 'color'>, env: NodeJS.ProcessEnv, streams: Streams): Output {
  const scrubber = secretScrubber(env)
  const ci = ciOn(env, streams.stderr)
  // GitHub acts on lines of both streams, whoever wrote what is in them.
  const fit = ci?.kind === 'github' ? defused : (text: string) => text
  const side = (stream: NodeJS.WriteStream) => sideOf(stream, options, env, scrubber, fit)
  return { ci, scrub: (text) => scrubber.scrub(text), out: side(streams.stdout), err: side(streams.stderr) }
}

function sideOf(
  stream: NodeJS.WriteStream,
  options: Pick<GlobalOptions, 'color'>,
  env: NodeJS.ProcessEnv,
  scrubber: Scrubber,
  fit: (text: string) => string,
) {
  const terminal = terminalOf(stream, { color: options.color }, env, process.platform)
  const theme = makeTheme(new Chalk({ level: terminal.colorLevel }), terminal.unicode)
  const shown = (text: string) => fit(safeScreen(scrubber.scrub(text), terminal.colorLevel > 0))
  return { terminal, theme, write: (text: string) => void stream.write(shown(text)) }
}

/** A spinner on a terminal that can be repainted and says how wide it is (ora never ends on one of 0 columns); null elsewhere. */
export async function spinnerOn(stream: NodeJS.WriteStream, terminal: Terminal): Promise<Spinner | null> {
  if (!terminal.live || !(stream.columns > 0)) return null
  const { default: ora } = await import('ora')
  const spinner = ora({
    stream,
    discardStdin: false,
    isEnabled: true,
    spinner: terminal.unicode ? 'dots' : 'line',
    color: terminal.colorLevel > 0 ? 'cyan' : false,
  })
  const columns = Math.max(20, terminal.columns - 4)
  return {
    show: (text) => {
      spinner.text = text.length > columns ? `${text.slice(0, columns - 1)}…` : text
      if (!spinner.isSpinning) spinner.start()
    },
    hide: () => void spinner.stop(),
  }
}
