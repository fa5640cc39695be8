type Env = { readonly [name: string]: string | undefined }

/** What we ask of a stream; process.stdout and process.stderr have it. */
export type OutputStream = { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

/** How to write to one stream; decided once at start. */
export type Terminal = {
  readonly isTTY: boolean
  /** Repainting is possible: a terminal that knows cursor movement. */
  readonly live: boolean
  /** 0 none, 1 the 16 colours, 2 the 256, 3 all of them: chalk's levels. */
  readonly colorLevel: 0 | 1 | 2 | 3
  /** Symbols beyond ASCII arrive as they are. */
  readonly unicode: boolean
  readonly columns: number
  readonly rows: number
}

/** `color` is what --color/--no-color said, null when neither was given. */
export function terminalOf(
  stream: OutputStream,
  flags: { readonly color: boolean | null },
  env: Env,
  platform: NodeJS.Platform,
): Terminal {
  const isTTY = stream.isTTY === true
  return {
    isTTY,
    live: isTTY && env['TERM'] !== 'dumb',
    colorLevel: colorLevelOf(isTTY, flags.color, env),
    unicode: hasUnicode(env, platform),
    columns: stream.columns || positive(env['COLUMNS']) || 80,
    rows: stream.rows || positive(env['LINES']) || 24,
  }
}

/** Whether a person can be asked: both ends of the conversation are a terminal and nobody said --no-input. */
export function canPrompt(
  stdin: { readonly isTTY?: boolean },
  stderr: OutputStream,
  flags: { readonly noInput: boolean },
): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !flags.noInput
}

/** --color > FORCE_COLOR > NO_COLOR (not empty, no-color.org) > TERM=dumb > is it a terminal. */
function colorLevelOf(isTTY: boolean, flag: boolean | null, env: Env): Terminal['colorLevel'] {
  if (flag !== null) return flag ? deviceLevel(env) : 0
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forcedLevel(forced, env)
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 0
  if (env['TERM'] === 'dumb') return 0
  return isTTY ? deviceLevel(env) : 0
}

function forcedLevel(value: string, env: Env): Terminal['colorLevel'] {
  if (value === '0' || value === 'false') return 0
  if (value === '1') return 1
  if (value === '2') return 2
  if (value === '3') return 3
  return deviceLevel(env)
}

function deviceLevel(env: Env): 1 | 2 | 3 {
  if (/^(?:truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 3
  return /-256(?:color)?$/i.test(env['TERM'] ?? '') ? 2 : 1
}

function hasUnicode(env: Env, platform: NodeJS.Platform): boolean {
  if (env['TERM'] === 'linux') return false // the kernel console has 512 glyphs
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  if (locale) return /utf-?8/i.test(locale)
  if (platform === 'win32') return env['WT_SESSION'] !== undefined
  return platform === 'darwin' || (env['CI'] ?? '') !== ''
}

function positive(text: string | undefined): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : 0
}
