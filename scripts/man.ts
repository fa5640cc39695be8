import { commandGroups, type Command } from '../src/commands/command.ts'
import { globalFlags } from '../src/commands/global-flags.ts'
import { commands } from '../src/commands/registry.ts'
import { exitCodes, outcomeMeaning } from '../src/core/exit-code.ts'

/** Variables that are read, beside the twin of each option. */
const variables = [
  [
    'LAUNCH_…',
    'twins of the options: LAUNCH_SANDBOX=1 is --sandbox, LAUNCH_REASON is --reason, LAUNCH_ENV_NAME is --env',
  ],
  ['AUTO_CONFIRM, SKIP_UAT_INTERACTIVE', 'as the scripts had them: --yes and --skip-uat-interactive'],
  [
    'AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID …',
    'credentials, as the AWS tools read them; a profile or role of the run sheet goes first',
  ],
  ['AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>', 'another endpoint; one outside AWS needs --allow-endpoint'],
  ['NO_COLOR, FORCE_COLOR, TERM', 'colour, unless --color or --no-color says so'],
] as const

const files = [
  ['runsheet.yaml', 'the run sheet; launch schema prints everything that may stand in it'],
  [
    '.launch/',
    'launches, reports and uploads of this machine; with --sandbox all of it is below .launch/sandbox. Not for git',
  ],
] as const

/** launch(1), from the registries: what `launch --help` and `launch <command> --help` say, for man(1). */
export function manPage(): string {
  return lines([
    '.\\" Made from the registries by `npm run docs`; a test compares them.',
    '.TH LAUNCH 1 "" "launch" "User Commands"',
    '.SH NAME',
    'launch \\- a go\\-live run sheet as one binary',
    '.SH SYNOPSIS',
    '.B launch',
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    text(
      'Takes a release from staging to all users along runsheet.yaml: every box that must pass is a typed gate, production only moves forward past a passed gate, and a rollback always wins. Results are on stdout, everything else on stderr.',
    ),
    '.SH COMMANDS',
    ...commandGroups.flatMap((group) => [
      `.SS ${text(group)}`,
      ...commands.filter((command) => command.group === group).flatMap(commandLines),
    ]),
    '.SH OPTIONS',
    'Every command takes these.',
    ...rows(globalFlags),
    '.SH EXIT STATUS',
    ...rows(
      Object.entries(exitCodes).map(([outcome, code]) => [
        code === 130 ? '130, 143' : String(code),
        outcomeMeaning[outcome as keyof typeof outcomeMeaning],
      ]),
    ),
    '.SH ENVIRONMENT',
    ...rows(variables),
    '.SH FILES',
    ...rows(files),
    '.SH EXAMPLES',
    ...example('launch auto --sandbox', 'a whole launch played on this machine; nothing real is touched'),
    ...example('launch auto --scenario error-spike@30', 'one that is rolled back by itself at 30 %'),
    ...example('launch rollback emergency --reason "SLO breach detected"', 'the flag off, now, from any machine'),
    '.SH SEE ALSO',
    text('docs/ of the package, by task: first-launch, writing-gates, on-call-card, migrating.'),
  ])
}

function commandLines({ name, about, alias, args = [], options = [], examples }: Command): readonly string[] {
  const usage = ['launch', name, ...args.map(([syntax]) => syntax)].join(' ')
  const also = alias === undefined ? '' : `; also launch ${alias}`
  const [first] = examples
  return [
    '.TP',
    `.B ${text(usage)}`,
    text(`${about}${also}`),
    ...(first === undefined ? [] : [`.br`, `${text('e.g.')} \\fI${text(first[0])}\\fR`]),
    ...(args.length + options.length === 0 ? [] : ['.RS', ...rows([...args, ...options]), '.RE']),
  ]
}

function rows(given: readonly (readonly [string, string])[]): readonly string[] {
  return given.flatMap(([name, meaning]) => ['.TP', `.B ${text(name)}`, text(meaning)])
}

function example(line: string, meaning: string): readonly string[] {
  return ['.TP', `.B ${text(line)}`, text(meaning)]
}

/** As roff reads it: hyphens that can be copied, nothing at the start of a line that looks like a request, ASCII alone. */
function text(given: string): string {
  const escaped = given
    .replaceAll('\n', ' ')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll(/[^\p{ASCII}]/gu, (character) => `\\[u${hex(character)}]`)
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

function lines(given: readonly string[]): string {
  return `${given.join('\n')}\n`
}
