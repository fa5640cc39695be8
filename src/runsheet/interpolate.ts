import { isSecretName } from '../core/secret-name.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Path, YamlSource } from './yaml-source.ts'

export type Variables = { readonly [name: string]: string | undefined }

/** From the last `${` before a `}`: looking for the end of each of many that have none takes the square of their number. */
const placeholder = /\$\{((?:(?!\$\{)[^}])*)\}/g

/** Where `${env:NAME}` may stand: names of places, never the content of a release. `*` is any one key. */
const envAllowed = [
  'environments.*.account',
  'environments.*.profile',
  'environments.*.role',
  'environments.*.bucket',
  'environments.*.distribution',
  'environments.*.url',
  'state',
  'flag.store.bucket',
  'gates.*.*.urls.*',
] as const
/** Of those, where a secret may be part of the value: it would lie in the stored plan, and in every archive. */
const envAddresses = ['environments.*.url', 'gates.*.*.urls.*'] as const
/** Stays as it is written: only its name goes into a plan. */
const envNamed = ['channels.*.webhook', 'notify.page.key'] as const
const environmentAllowed = ['metrics.*.dimensions.*'] as const
/** In a check, anywhere: filled in when the plan is made. */
const inCheck = /^gates\.[^.]+\.\d+\./

/**
 * Fills in `${env:NAME}` where it is allowed and complains about every other placeholder. `${environment}` is left for the
 * plan: the same metric and the same check serve several environments.
 */
export function interpolate(
  source: YamlSource,
  variables: Variables,
): { readonly value: unknown; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = []
  const refuse = (path: Path, message: string, hint: string) => {
    problems.push({ at: source.valueAt(path), label: String(path.at(-1) ?? ''), message, hint })
    return ''
  }
  const fill = (text: string, path: Path): string => {
    const where = path.join('.')
    return text.replaceAll(placeholder, (whole, inside: string) => {
      if (inside === 'environment') {
        const allowed = inCheck.test(where) || matches(environmentAllowed, where)
        return allowed
          ? whole
          : refuse(path, '${environment} has no meaning here', 'it stands in metric dimensions and in checks only')
      }
      const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(inside)?.[1]
      if (name === undefined) return refuse(path, `no placeholder ${whole}`, 'write ${env:NAME} or ${environment}')
      if (matches(envNamed, where)) return whole
      if (!matches(envAllowed, where))
        return refuse(
          path,
          `${whole} is not allowed here`,
          'only addresses and names of accounts, roles, buckets and distributions come from the environment',
        )
      if (matches(envAddresses, where) && isSecretName(name))
        return refuse(
          path,
          `the name of ${whole} says that it holds a secret, and addresses are kept in the plan`,
          'take it out of the address: a check of kind command may read it from its environment; if it is none, rename it',
        )
      return (
        variables[name] ||
        refuse(path, `the environment variable ${name} is not set`, `set ${name}, or write the value here`)
      )
    })
  }
  return { value: mapStrings(source.value, fill, []), problems }
}

/** The same value with every text in it replaced. Keys stay. */
export function mapStrings(value: unknown, change: (text: string, path: Path) => string, path: Path = []): unknown {
  if (typeof value === 'string') return value.includes('${') ? change(value, path) : value
  if (Array.isArray(value)) return value.map((item, index) => mapStrings(item, change, [...path, index]))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change, [...path, key])]))
}

function matches(patterns: readonly string[], where: string): boolean {
  const steps = where.split('.')
  return patterns.some((pattern) => {
    const wanted = pattern.split('.')
    return wanted.length === steps.length && wanted.every((step, index) => step === '*' || step === steps[index])
  })
}
