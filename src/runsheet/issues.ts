import type { z } from 'zod'
import type { Diagnostic } from './diagnostics.ts'
import { quoted } from './issue-message.ts'
import { suggestion } from '../core/nearest.ts'
import type { Path, YamlSource } from './yaml-source.ts'

type Issue = z.core.$ZodIssue

/** What zod found, each at the token it is about. The messages come from issueMessage. */
export function issueDiagnostics(issues: readonly Issue[], source: YamlSource): readonly Diagnostic[] {
  return issues.flatMap((issue) => diagnose(issue, source))
}

function diagnose(issue: Issue, source: YamlSource): readonly Diagnostic[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message.split(' '), path, source)
  if (issue.code === 'invalid_union') return union(issue, source)
  if (issue.code === 'invalid_key') {
    const { message, hint } = split(issue.issues[0]?.message ?? issue.message)
    return [
      { at: source.keyAt(path), label: String(path.at(-1)), message: `a name cannot be like this: ${message}`, hint },
    ]
  }
  if (issue.code === 'custom' && issue.params?.['at'] === 'key') {
    return [{ at: source.keyAt(path), label: dotted(path.slice(0, -1)), ...split(issue.message) }]
  }
  if (path.length > 0 && isMissing(path, source)) return [missing(path, issue.message, source)]
  const { message, hint } = split(issue.message)
  return [{ at: source.valueAt(path), label: labelOf(path), message, hint }]
}

function unknownKeys(
  keys: readonly string[],
  allowed: readonly string[],
  path: Path,
  source: YamlSource,
): readonly Diagnostic[] {
  return keys.map((key) => ({
    at: source.keyAt([...path, key]),
    label: dotted(path),
    message: `unknown key "${key}"`,
    hint: suggestion(key, allowed, 'known are'),
  }))
}

/** A key that has to be there: shown at the key of the map that lacks it. */
function missing(path: Path, about: string, source: YamlSource): Diagnostic {
  const key = String(path.at(-1))
  const parent = path.slice(0, -1)
  return {
    at: source.keyAt(parent),
    label: dotted(parent),
    message: `${key} is missing`,
    hint: about === '' ? `add ${key}` : `add ${key}: ${about}`,
  }
}

/** One of several shapes: the complaints of the branch that was most likely meant. */
function union(issue: z.core.$ZodIssueInvalidUnion, source: YamlSource): readonly Diagnostic[] {
  const { path } = issue
  if (issue.discriminator !== undefined) return [noSuchKind(issue, source)]
  const branches = issue.errors.map((branch) => branch.map((inner) => ({ ...inner, path: [...path, ...inner.path] })))
  const best = branches.toSorted((a, b) => weight(a, path.length) - weight(b, path.length))[0] ?? []
  // Plain alternatives (a number or a text): none of the branches says it all.
  if (best.every((inner) => inner.path.length === path.length && inner.code === 'invalid_type')) {
    if (isMissing(path, source)) return [missing(path, issue.message, source)]
    const hint = issue.message === '' ? 'see launch schema' : `write ${issue.message}`
    return [{ at: source.valueAt(path), label: labelOf(path), message: 'this is not what goes here', hint }]
  }
  return issueDiagnostics(best, source)
}

/** How far a branch is from what was written: another type altogether is farthest, then every key too many or too few. */
function weight(branch: readonly Issue[], depth: number): number {
  return branch.reduce((total, issue) => {
    if (issue.code === 'unrecognized_keys') return total + 2 * issue.keys.length
    return total + (issue.path.length === depth && issue.code === 'invalid_type' ? 100 : 1)
  }, 0)
}

function noSuchKind(issue: z.core.$ZodIssueInvalidUnion, source: YamlSource): Diagnostic {
  const key = issue.discriminator ?? ''
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
  const said = valueIn(source.value, issue.path)
  if (said === undefined) return missing(issue.path, suggestion('', options, 'one of'), source)
  return {
    at: source.valueAt(issue.path),
    label: key,
    message: `no ${key} ${quoted(said)}`,
    hint: suggestion(typeof said === 'string' ? said : '', options, 'write'),
  }
}

function isMissing(path: Path, source: YamlSource): boolean {
  return valueIn(source.value, path) === undefined
}

/** The raw value at a path; undefined when the path leads nowhere. */
export function valueIn(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => {
    // An object is all that is known of it; own properties only, so that `constructor` is not there.
    return inside !== null && typeof inside === 'object' && Object.hasOwn(inside, step)
      ? (inside as { readonly [key: PropertyKey]: unknown })[step]
      : undefined
  }, value)
}

/** `what is wrong; what to write` as issueMessage and the fields of core write it. */
function split(text: string): { readonly message: string; readonly hint: string } {
  const at = text.lastIndexOf('; ')
  return at === -1 ? { message: text, hint: '' } : { message: text.slice(0, at), hint: text.slice(at + 2) }
}

/** `environments.staging`, `gates.slo[0]`. */
function dotted(path: Path): string {
  return path.reduce<string>(
    (left, step) => (typeof step === 'number' ? `${left}[${step}]` : `${left === '' ? '' : `${left}.`}${String(step)}`),
    '',
  )
}

/** The field a value belongs to: the last word of its path, with its place in a list. */
function labelOf(path: Path): string {
  const field = path.findLastIndex((step) => typeof step === 'string')
  return dotted(path.slice(Math.max(0, field)))
}
