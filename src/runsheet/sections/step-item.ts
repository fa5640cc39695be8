import { z } from 'zod'
import { stepKinds } from '../../steps/registry.ts'
import { issueMessage } from '../issue-message.ts'
import { listed, suggestion } from '../../core/nearest.ts'

/** One item of `run:`: a bare word, or a map with the word as its only key. */
export type StepItem = { readonly kind: string; readonly spec: unknown }

/** `at: key`: about the key the path ends with, not about what stands behind it. */
type Refusal = { readonly path: readonly PropertyKey[]; readonly message: string; readonly at?: 'key' }

const known = stepKinds.map((kind) => kind.kind)

/** Written by hand, not as a union: seven branches would give seven errors for one misspelt word. */
export const StepItem = z
  .unknown()
  .transform((item, context): StepItem => {
    const read = readStep(item)
    if (Array.isArray(read)) {
      for (const { path, message, at } of read)
        context.issues.push({ code: 'custom', input: item, path: [...path], message, params: { at } })
      return z.NEVER
    }
    return read
  })
  .describe('a step: a word, or a map with the word as its only key')

function readStep(item: unknown): StepItem | Refusal[] {
  if (typeof item === 'string') return specOf(item, undefined, [])
  if (item === null || typeof item !== 'object' || Array.isArray(item)) {
    return [{ path: [], message: `a step is a word or a map with one key; write one of ${listed(known)}` }]
  }
  const [entry, ...rest] = Object.entries(item)
  if (!entry) return [{ path: [], message: `an empty step; write one of ${listed(known)}` }]
  const other = rest[0]
  if (other)
    return [
      {
        path: [other[0]],
        at: 'key',
        message: `"${other[0]}" is a second key in one step; start a new item of run: for it`,
      },
    ]
  return specOf(entry[0], entry[1], [entry[0]])
}

function specOf(word: string, spec: unknown, path: readonly PropertyKey[]): StepItem | Refusal[] {
  const kind = stepKinds.find((candidate) => candidate.kind === word)
  if (!kind) return [{ path, at: 'key', message: `no step "${word}"; ${suggestion(word, known, 'steps are')}` }]
  const read = kind.spec.safeParse(spec, { error: issueMessage })
  if (read.success) return { kind: word, spec: read.data }
  if (spec === undefined) return [{ path, message: `"${word}" says too little; write ${kind.example}` }]
  if (kind.spec instanceof z.ZodUndefined)
    return [{ path, message: `"${word}" takes nothing behind it; write ${kind.example}` }]
  return read.error.issues.flatMap((issue) => refusalsOf(issue, path, kind.example))
}

function refusalsOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[], example: string): readonly Refusal[] {
  const at = [...path, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.message.split(' ')
    return issue.keys.map((key) => ({
      path: [...at, key],
      at: 'key',
      message: `unknown key "${key}"; ${suggestion(key, allowed, 'known are')}`,
    }))
  }
  return [{ path: at, message: issue.message === '' ? `this is not what goes here; write ${example}` : issue.message }]
}
