import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../src/commands/registry.ts'
import { globalFlags } from '../src/commands/global-flags.ts'
import { checkKinds } from '../src/gates/registry.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  'docs/first-launch.md',
  'docs/writing-gates.md',
  'docs/on-call-card.md',
  'docs/migrating.md',
]

/** Every `launch …` of a page that is code: in a fence, indented, or between backticks. */
function commandLines(page: string): readonly string[] {
  const text = read(page)
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const indented = text.match(/^ {4}\S.*$/gm) ?? []
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...blocks.flatMap((block) => block.split('\n')), ...indented, ...inline].flatMap((line) => {
    const found = /^\s*(?:(?:[A-Z_]+=\S+|npx|exec) )*(?:launch|runsheet) ([a-z-].*)$/.exec(line)?.[1]
    return found === undefined ? [] : [found.replace(/\s{2,}.*$| +#.*$/, '').trim()]
  })
}

/** The words of a command and what follows them. */
function commandOf(line: string) {
  const before = line.replace(/^(?:--?[a-z]+(?: (?!rollback|canary|auto)\S+)? )+/, '')
  const names = commands.flatMap((command) => [command.name, ...(command.alias ? [command.alias] : [])])
  const name = names.filter((one) => `${before} `.startsWith(`${one} `)).toSorted((a, b) => b.length - a.length)[0]
  return { name, command: commands.find((one) => one.name === name || one.alias === name) }
}

describe.each(pages)('%s', (page) => {
  const lines = commandLines(page)

  test('names commands', () => {
    expect(lines.length).toBeGreaterThan(3)
  })

  test.each([...new Set(lines)])('launch %s: the command is there, and takes these options', (line) => {
    const { name, command } = commandOf(line)
    expect(name, line).toBeDefined()
    const known = [...globalFlags, ...(command?.options ?? [])].flatMap(([flags]) => flags.match(/--?[a-z-]+/g) ?? [])
    const given = line.replaceAll(/"[^"]*"/g, '').match(/(?<=\s)--?[a-z][a-z-]*/g) ?? []
    expect(given.filter((flag) => !known.includes(flag))).toEqual([])
  })

  test('links lead somewhere', () => {
    const folder = page.includes('/') ? 'docs' : '.'
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => join(root, folder, link))
    expect(links.filter((link) => !exists(link))).toEqual([])
  })
})

test('the on-call card fits one printed page, letter or A4, in ten point type', () => {
  // 11 in − 30 mm of margins are 58 lines of 12 pt; 210 − 30 mm are 85 characters of 6 pt.
  const lines = read('docs/on-call-card.md').trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(58)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(85)
})

test('the checks that writing-gates shows are checks', () => {
  const text = read('docs/writing-gates.md')
  const shown = [...text.matchAll(/`(\{ kind: [^`]+\})`/g)].map(
    ([, yaml = '']) => parse(yaml) as { readonly kind: string },
  )
  expect(shown.length).toBeGreaterThan(6)
  for (const check of shown) {
    const kind = checkKinds.find((one) => one.kind === check.kind)
    expect(kind?.schema.safeParse(check).error?.issues ?? [], check.kind).toEqual([])
    expect(kind, check.kind).toBeDefined()
  }
})

test('every script line of the paper has its row', () => {
  const paper = [...read('docs/parity.md').matchAll(/`((?:[a-z]+-)*[a-z]+\.sh[^`]*)`/g)].map(([, line = '']) => line)
  const rows = read('docs/migrating.md')
  const scripts = paper.map((line) => line.replace(/^\.\//, '').split(' ').slice(0, 2).join(' '))
  expect(scripts.filter((line) => !rows.includes(line))).toEqual([])
})

function exists(path: string): boolean {
  try {
    return readdirSync(path).length >= 0
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
  }
}
