/** What a shell completes, from the command registry and the flags of every command. */
export type Completable = {
  readonly commands: readonly { readonly name: string; readonly about: string; readonly flags: readonly string[] }[]
  readonly flags: readonly string[]
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A script that makes a shell complete commands and flags of `launch`. */
export function completionScript(shell: Shell, what: Completable): string {
  return { bash, zsh, fish }[shell](what)
}

type Level = { readonly path: string; readonly words: readonly { readonly word: string; readonly about: string }[] }

/** What may follow each path of words: `''` → `auto`, `canary` …; `canary` → `start`, `status` … */
function levelsOf({ commands }: Completable): readonly Level[] {
  const paths = new Map<string, Map<string, string>>([['', new Map()]])
  for (const { name, about } of commands) {
    const words = name.split(' ')
    words.forEach((word, i) => {
      const path = words.slice(0, i).join(' ')
      const known = paths.get(path) ?? new Map<string, string>()
      // A word that only leads on is described by where it leads to.
      const leads = known.get(word)
      const next = words[i + 1]
      paths.set(path, known.set(word, next === undefined ? about : leads === undefined ? next : `${leads}, ${next}`))
    })
  }
  return [...paths].map(([path, words]) => ({ path, words: [...words].map(([word, about]) => ({ word, about })) }))
}

function allPaths(what: Completable): readonly string[] {
  const prefixes = what.commands.flatMap(({ name }) =>
    name.split(' ').map((_, i, words) => words.slice(0, i + 1).join(' ')),
  )
  return [...new Set(prefixes)]
}

// Shared by bash and zsh: the longest path of command words typed so far, in $path_typed.
function walk(what: Completable, words: string): readonly string[] {
  return [
    '  local path_typed="" w',
    `  for w in ${words}; do`,
    '    case "${path_typed:+$path_typed }$w" in',
    `      ${allPaths(what).map(quoted).join('|')}) path_typed="\${path_typed:+$path_typed }$w" ;;`,
    '    esac',
    '  done',
  ]
}

function bash(what: Completable): string {
  const words = levelsOf(what).map(
    ({ path, words: next }) => `    ${quoted(path)}) words="${next.map(({ word }) => word).join(' ')}" ;;`,
  )
  const flags = what.commands.map(({ name, flags: own }) => `    ${quoted(name)}) flags="${own.join(' ')}" ;;`)
  return lines([
    '# bash completion of launch: eval "$(launch completion bash)"',
    '_launch() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" words="" flags=""',
    ...walk(what, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"'),
    '  case "$path_typed" in',
    ...words,
    '  esac',
    '  case "$path_typed" in',
    ...flags,
    '  esac',
    `  if [[ $cur == -* ]]; then words="$flags ${what.flags.join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o bashdefault -o default -F _launch launch',
  ])
}

function zsh(what: Completable): string {
  const words = levelsOf(what).map(
    ({ path, words: next }) =>
      `    ${quoted(path)}) next=(${next.map(({ word, about }) => described(word, about)).join(' ')}) ;;`,
  )
  const flags = what.commands.map(
    ({ name, flags: own }) => `    ${quoted(name)}) flags=(${own.map(quoted).join(' ')}) ;;`,
  )
  return lines([
    '#compdef launch',
    '# zsh completion of launch: eval "$(launch completion zsh)", after compinit',
    '_launch() {',
    '  local -a next flags',
    ...walk(what, '"${(@)words[2,CURRENT-1]}"'),
    '  case "$path_typed" in',
    ...words,
    '  esac',
    '  case "$path_typed" in',
    ...flags,
    '  esac',
    '  if [[ ${words[CURRENT]} == -* ]]; then',
    `    compadd -- $flags ${what.flags.map(quoted).join(' ')}`,
    '  elif (( $#next )); then',
    "    _describe 'command' next",
    '  else',
    '    _files',
    '  fi',
    '}',
    'compdef _launch launch',
  ])
}

function fish(what: Completable): string {
  const at = (path: string) => `-n '__launch_at "${path}"'`
  const words = levelsOf(what).flatMap(({ path, words: next }) =>
    next.map(({ word, about }) => `complete -c launch -f ${at(path)} -a ${quoted(word)} -d ${quoted(about)}`),
  )
  const flags = what.commands.flatMap(({ name, flags: own }) =>
    own.map((flag) => `complete -c launch ${at(name)} -l ${flag.slice(2)}`),
  )
  return lines([
    '# fish completion of launch: launch completion fish | source',
    'function __launch_at',
    '  set -l typed ""',
    '  for w in (commandline -opc)[2..-1]',
    '    set -l longer (string trim -- "$typed $w")',
    '    switch "$longer"',
    `      case ${allPaths(what).map(quoted).join(' ')}`,
    '        set typed "$longer"',
    '    end',
    '  end',
    '  test "$typed" = "$argv[1]"',
    'end',
    ...words,
    ...flags,
    ...what.flags.map((flag) => `complete -c launch -l ${flag.slice(2)}`),
  ])
}

function described(word: string, about: string): string {
  return quoted(`${word}:${about.replaceAll(':', '\\:')}`)
}

/** In single quotes, which POSIX shells and fish read alike but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}

function lines(text: readonly string[]): string {
  return `${text.join('\n')}\n`
}
