import { Chalk } from 'chalk'
import { safeScreen } from '../core/safe-text.ts'
import { terminalOf, type Terminal } from '../host/terminal.ts'
import { secretScrubber, type Scrubber } from '../host/secrets.ts'
import { defused } from '../ui/github-commands.ts'
import { safeJson } from '../ui/json.ts'
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
  readonly out: Side
  readonly err: Side
}

type Side = {
  readonly write: (text: string) => void
  /** One document and a line break. Its keys are ours, and what is no text holds no secret: a secret may be a word, or digits. */
  readonly writeJson: (value: unknown, indent?: number) => void
  readonly theme: Theme
  readonly terminal: Terminal
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
): Side {
  const terminal = terminalOf(stream, { color: options.color }, env, process.platform)
  const theme = makeTheme(new Chalk({ level: terminal.colorLevel }), terminal.unicode)
  const shown = (text: string) => fit(safeScreen(text, terminal.colorLevel > 0))
  return {
    terminal,
    theme,
    write: (text) => void stream.write(shown(scrubber.scrub(text))),
    writeJson: (value, indent) => void stream.write(shown(`${safeJson(value, indent, scrubbedValues(scrubber))}\n`)),
  }
}

/** For JSON.stringify. Of a key only what looks like a secret is masked. */
function scrubbedValues(scrubber: Scrubber): (key: string, value: unknown) => unknown {
  const looks = secretScrubber({})
  return (_key, value) => {
    if (typeof value === 'string') return scrubber.scrub(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [looks.scrub(key), item]))
  }
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
