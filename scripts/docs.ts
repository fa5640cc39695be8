import { parse } from 'yaml'
import { z } from 'zod'
import { commands } from '../src/commands/registry.ts'
import { commandGroups } from '../src/commands/command.ts'
import { globalFlags } from '../src/commands/global-flags.ts'
import { commonShape } from '../src/core/check.ts'
import { errorCodes } from '../src/core/error-codes.ts'
import type { FlagStore } from '../src/core/ports.ts'
import { formatDuration } from '../src/core/units.ts'
import { exitCodes, outcomeMeaning } from '../src/core/exit-code.ts'
import { flagStores } from '../src/flags/registry.ts'
import { checkKinds } from '../src/gates/registry.ts'
import { scenarios } from '../src/sandbox/scenario.ts'
import { stepKinds } from '../src/steps/registry.ts'
import { manPage } from './man.ts'

/** The reference pages below docs/ and the man page, made from the registries. `npm run docs` writes them, a test compares them. */
export const pages: { readonly [path: string]: () => string } = {
  'man/launch.1': manPage,
  'docs/gates.md': () =>
    page(
      'Check kinds',
      'Every item of a list under `gates:` is a check. It passes, fails, is unknown (and then never promotes), or is waived.',
      [
        section(
          'fields of every check',
          table(['field', 'needed', 'default', 'meaning'], fieldRows(z.strictObject(commonShape))),
        ),
        ...checkKinds.map((kind) =>
          section(
            kind.kind,
            sentence(kind.about),
            yaml(`- ${kind.example}`),
            fields(kind.schema, Object.keys(commonShape)),
            `When it fails: ${kind.hint}.`,
          ),
        ),
      ],
    ),
  'docs/steps.md': () =>
    page(
      'Steps',
      'What stands in `run:` of a phase.',
      stepKinds.map((kind) =>
        section(kind.kind, sentence(kind.about), yaml(`run: [${kind.example}]`), fields(kind.spec)),
      ),
    ),
  'docs/flags.md': () =>
    page(
      'Flag stores',
      'Where the feature flag lives: `flag.store:` of the run sheet. The worst case is what the store of the example declares: from the acknowledged write to the last cache or SDK that serves what was before. A page that asks its site every 10 s, as [the client of the example](flag-client.md), adds those 10 s and one request. `launch flag watch` measures it. Measured is the most that runs of `npx vitest run --config vitest.slow.config.ts test/slow/rollback-stores.test.ts` printed on two busy cores: from the write of `launch rollback emergency` to the first new user who gets the old version.',
      [
        table(
          [
            'store',
            'compare-and-set',
            'off for a new user, worst case',
            'measured',
            'smallest step',
            'users are dealt by',
          ],
          flagStores.map((store) => {
            const { propagationMs, finest = 0.01 } = storeOfExample(store)
            const cas = store.cas ? 'yes' : 'no: refused in `launch auto`'
            const worst = formatDuration(propagationMs)
            return [`\`${store.kind}\``, cas, worst, measured[store.kind] ?? '', `${finest} %`, dealers[store.dealtBy]]
          }),
        ),
        ...flagStores.map((store) =>
          section(store.kind, sentence(store.about), yaml(`store: ${store.example}`), fields(store.schema)),
        ),
      ],
    ),
  'docs/errors.md': () =>
    page(
      'Error codes',
      'The `error.code` of `--json`. The message names the value that was wrong, the hint what to do.',
      [
        table(
          ['code', 'exit', 'meaning', 'hint'],
          Object.entries(errorCodes).map(([code, row]) => [
            `\`${code}\``,
            String(exitCodes[row.outcome]),
            row.about,
            row.hint,
          ]),
        ),
      ],
    ),
  'docs/exit-codes.md': () =>
    page('Exit codes', 'One table for every command; `outcome` is the word `--json` has for it.', [
      table(
        ['exit', 'outcome', 'meaning'],
        Object.entries(outcomeMeaning).map(([outcome, meaning]) => [
          outcome === 'stopped' ? '130 / 143' : String(exitCodes[outcome as keyof typeof exitCodes]),
          outcome,
          meaning,
        ]),
      ),
      section(
        'A rollback that is degraded',
        '`launch rollback` ends with 0 once the flag is off, latched and read back from its store. It says `degraded` when something around it is still open: users were not seen to be served it in time, because this machine does not reach the site or the edge is late, or CloudFront took no invalidation. What is so and what helps is printed; `.rollbacks[0].verified` of `--json` is false until users were seen to be served it, and `launch rollback validate` exits 3 for as long as they are not.',
        'It ends with 5 when the flag is not confirmed to be off, when the edge still serves the new version after all the time it may take, and when `--flag` names a place where no document was before: the key may be wrong ([why](decisions/006-a-rollback-command-that-worked-exits-0.md)).',
      ),
    ]),
  'docs/commands.md': () =>
    page('Commands', 'As `launch --help` and `launch <command> --help` say it.', [
      ...commandGroups.map((group) =>
        section(group, ...commands.filter((command) => command.group === group).map(commandText)),
      ),
      section(
        'options of every command',
        table(
          ['option', 'meaning'],
          globalFlags.map(([flags, about]) => [`\`${flags}\``, about]),
        ),
      ),
    ]),
  'docs/sandbox.md': () =>
    page(
      'Sandbox scenarios',
      '`launch auto --scenario NAME` plays a launch on this machine: AWS, traffic and people. `NAME@N` begins at the stage of N %. What the sandbox models is in [MODEL.md](../src/sandbox/MODEL.md).',
      [
        table(
          ['scenario', 'what is played', 'exit of `launch auto`'],
          Object.entries(scenarios).map(([name, row]) => [
            `\`${name}${row.staged ? '@N' : ''}\``,
            row.about,
            String(row.exit),
          ]),
        ),
      ],
    ),
  'docs/troubleshooting.md': () =>
    page('Troubleshooting', 'What to do when something does not pass: the hints of the checks and the errors.', [
      section(
        'Checks',
        table(
          ['check', 'when it fails'],
          checkKinds.map((kind) => [`\`${kind.kind}\``, kind.hint]),
        ),
      ),
      section(
        'Errors',
        table(
          ['error', 'meaning', 'what to do'],
          Object.entries(errorCodes).map(([code, row]) => [`\`${code}\``, row.about, row.hint]),
        ),
      ),
    ]),
}

/** A store that nobody measured has none. */
const measured: { readonly [kind: string]: string } = {
  s3: '4.7 s, through the CDN of the sandbox, which keeps a copy 5 s',
  file: '0.1 s',
  ssm: '12.1 s, through a server that asks every 15 s, on moto',
  launchdarkly: '0.5 s, as its API serves SDKs, on a double of it',
  unleash: "13.2 s, through Unleash's own SDK for Node, which asks every 15 s, on a real server",
}

const dealers = { flagd: 'flagd, by the document', service: "the service's SDKs" } as const

/** The store of an example, which nobody asks anything but what it declares. */
function storeOfExample({ example, schema, open }: (typeof flagStores)[number]): FlagStore {
  const asks = () => {
    throw new Error('a page asks no store')
  }
  return open(schema.parse(parse(example)), 'flag', {
    objects: (bucket) => ({ bucket: bucket ?? '', get: asks, put: asks, copy: asks, remove: asks, list: asks }),
    http: { get: asks },
    environment: 'production',
    siteUrl: '',
    files: { tree: asks, read: asks, write: asks },
    versions: { location: '', get: asks, create: asks, swap: asks, list: asks },
    api: { send: asks },
    secret: () => null,
    parameters: { get: asks, put: asks, history: asks },
  })
}

const notice = '<!-- Made from the registries by `npm run docs`; a test compares them. -->'

function page(title: string, about: string, parts: readonly string[]): string {
  return `${[notice, `# ${title}`, about, ...parts].join('\n\n')}\n`
}

function section(title: string, ...parts: readonly string[]): string {
  return [`## ${title}`, ...parts.filter((part) => part !== '')].join('\n\n')
}

function commandText({ name, about, args = [], options = [], examples }: (typeof commands)[number]): string {
  const rows = [...args, ...options].map(([syntax, meaning]) => [`\`${syntax}\``, meaning])
  const usage = ['launch', name, ...args.map(([syntax]) => syntax)].join(' ')
  return [
    `### \`${usage}\``,
    sentence(about),
    rows.length === 0 ? '' : table(['', ''], rows),
    `\`\`\`sh\n${examples.map(([line, meaning]) => `${line}  # ${meaning}`).join('\n')}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

type JsonSchema = {
  readonly properties?: { readonly [name: string]: JsonSchema }
  readonly required?: readonly string[]
  readonly description?: string
  readonly default?: unknown
}

/** A table of a schema's fields, or its own description when it has none. */
function fields(schema: z.ZodType, leaveOut: readonly string[] = []): string {
  const rows = fieldRows(schema, leaveOut)
  if (rows.length > 0) return table(['field', 'needed', 'default', 'meaning'], rows)
  const { description } = jsonOf(schema)
  return description === undefined ? '' : sentence(description)
}

function fieldRows(schema: z.ZodType, leaveOut: readonly string[] = []): readonly (readonly string[])[] {
  const json = jsonOf(schema)
  return Object.entries(json.properties ?? {})
    .filter(([name]) => name !== 'kind' && !leaveOut.includes(name))
    .map(([name, field]) => [
      `\`${name}\``,
      json.required?.includes(name) ? 'yes' : '',
      field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``,
      field.description ?? '',
    ])
}

function jsonOf(schema: z.ZodType): JsonSchema {
  // z.toJSONSchema gives an object of this shape for every schema of ours.
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text}\n\`\`\``
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
