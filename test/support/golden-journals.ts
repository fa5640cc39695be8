import { createHash } from 'node:crypto'
import { readdir, readFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { launchId, type LaunchId } from '../../src/core/brand.ts'

/** Journals as the first version wrote them, shortened to what changed: `events.jsonl` and the stored plan of each. */
export type GoldenJournal = {
  readonly name: string
  readonly launch: LaunchId
  readonly lines: readonly string[]
  readonly plan: string
}

const folder = new URL('../golden/journals/', import.meta.url)

export async function goldenJournals(): Promise<readonly GoldenJournal[]> {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) => {
      const [text, plan] = await Promise.all(
        ['events.jsonl', 'plan.json'].map((file) => readFile(new URL(`${name}/${file}`, folder), 'utf8')),
      )
      const lines = (text ?? '').split(/(?<=\n)/)
      const { launch } = JSON.parse(lines[0] ?? '{}') as { readonly launch: string } // the journal's own first line
      return { name, launch: launchId(launch), lines, plan: plan ?? '' }
    }),
  )
}

/** The same with events as somebody who may write the state would have them: changed, and the chain of hashes mended. */
export function forged(
  journal: GoldenJournal,
  change: (event: Record<string, unknown>) => Record<string, unknown>,
): GoldenJournal {
  let prev: string | null = null
  const lines = journal.lines.map((line): string => {
    const event = JSON.parse(line) as Record<string, unknown> // a line of the journal
    const made = `${JSON.stringify({ ...change(event), prev })}\n`
    prev = createHash('sha256').update(made).digest('hex')
    return made
  })
  return { ...journal, lines }
}

/** The keys of a state folder that holds this one launch. */
export function stateFiles({ launch, lines, plan }: GoldenJournal): ReadonlyMap<string, string> {
  const root = 'v1/statusboard/production'
  const events = lines.map(
    (line, index) => [`${root}/launches/${launch}/events/${String(index + 1).padStart(8, '0')}.json`, line] as const,
  )
  return new Map([
    [`${root}/active.json`, JSON.stringify({ launch, epoch: 1 })],
    [`${root}/launches/${launch}/plan.json`, plan],
    ...events,
  ])
}

export async function writeState(journal: GoldenJournal, into: string): Promise<void> {
  for (const [key, body] of stateFiles(journal)) {
    await mkdir(dirname(join(into, key)), { recursive: true })
    await writeFile(join(into, key), body)
  }
}
