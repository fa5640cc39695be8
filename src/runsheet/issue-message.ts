import { z } from 'zod'
import { Duration, ProportionText, Share } from '../core/fields.ts'
import { listed, suggestion } from '../core/nearest.ts'

/**
 * Words for what zod found, as `what is wrong; what to write`. Two codes carry data instead of a sentence, for the caller
 * who knows the place: `unrecognized_keys` the keys that are allowed, with spaces between; a missing value what it is.
 */
export function issueMessage(issue: z.core.$ZodRawIssue): string {
  // zod hands every raw issue the schema that refused the value; for these codes it is what the code says.
  const schema = issue.inst as z.core.$ZodType | undefined
  switch (issue.code) {
    case 'unrecognized_keys':
      return keysOf(schema).join(' ')
    case 'invalid_type':
      return issue.input === undefined ? about(schema) : wrongType(issue.expected, issue.input, schema)
    case 'invalid_value':
      return wrongWord(issue.values.map(String), issue.input)
    case 'invalid_format':
      return `${quoted(issue.input)} does not fit here${issue.pattern === undefined ? '' : `; it has to look like ${issue.pattern}`}`
    case 'too_small':
      return issue.origin === 'number'
        ? `${quoted(issue.input)} is too small; write at least ${issue.minimum}`
        : 'there is nothing here; write at least one'
    case 'too_big':
      return `${quoted(issue.input)} is too big; write at most ${issue.maximum}`
    case 'invalid_union':
      return issue.discriminator === undefined ? about(schema) : 'kind'
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `${quoted(issue.input)} does not fit here`
  }
}

/** A value as it was written, short. */
export function quoted(value: unknown): string {
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : typeName(value)
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return value === null || typeof value === 'object' ? short : `"${short}"`
}

function wrongType(expected: string, input: unknown, schema: z.core.$ZodType | undefined): string {
  if (typeof input === 'number' && schema !== undefined) {
    if (schema === innermost(Duration)) return `"${input}" has no unit; write ${input}s, ${input}m or ${input}h`
    if (schema === innermost(Share)) return `"${input}" has no percent sign; write ${input}%`
    if (schema === ProportionText) return `"${input}" has no percent sign; write it like 100% or 110%`
    if (expected === 'string') return `"${input}" is a number here; write it in quotes`
  }
  return `expected ${typeWords[expected] ?? expected}, found ${quoted(input)}`
}

function wrongWord(allowed: readonly string[], input: unknown): string {
  if (input === undefined) return listed(allowed)
  return `${quoted(input)} is not allowed here; ${typeof input === 'string' ? suggestion(input, allowed, 'write') : `write ${listed(allowed)}`}`
}

const typeWords: { readonly [type: string]: string } = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return Array.isArray(value) ? 'a list' : 'a map'
}

function about(schema: z.core.$ZodType | undefined): string {
  if (schema === undefined) return ''
  if (schema === innermost(Duration)) return Duration.description ?? ''
  if (schema === innermost(Share)) return Share.description ?? ''
  return z.globalRegistry.get(schema)?.description ?? ''
}

function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** The schema that sees the text first: Duration and Share are a text and a transform behind it. */
function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodPipe ? innermost(schema.def.in) : schema
}
