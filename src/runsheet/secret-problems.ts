import { isSecretName } from '../core/secret-name.ts'
import type { Diagnostic } from './diagnostics.ts'
import { looksSecret } from './secrets.ts'
import type { Path, YamlSource } from './yaml-source.ts'

/** Credentials written into the sheet: it lies in a repository, and plans and reports are made from it. */
export function secretProblems(source: YamlSource): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const look = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      const field = String(path.at(-1) ?? '')
      const named =
        (path[0] === 'build' && path[1] === 'env' && value !== '' && isSecretName(field)) || isKept(value, path)
      if (named || looksSecret(value))
        found.push({
          at: hidden(source, path),
          label: field,
          message: 'this looks like a secret',
          hint: 'set it as an environment variable of the process instead, and revoke this one',
        })
    } else if (value !== null && typeof value === 'object') {
      for (const [key, item] of Object.entries(value)) look(item, [...path, Array.isArray(value) ? Number(key) : key])
    }
  }
  look(source.value, [])
  return found
}

/** What a channel or a pager is reached by is one, whatever it looks like. */
function isKept(value: string, path: Path): boolean {
  const where = `${String(path[0])}.${String(path.at(-1))}`
  return (where === 'channels.webhook' || where === 'notify.key') && value !== '' && !/^\$\{env:[^}]*\}$/.test(value)
}

/** The place without its content: a variable that is called SECRET may hold anything. */
function hidden(source: YamlSource, path: Path): Diagnostic['at'] {
  const at = source.valueAt(path)
  const end = at.col - 1 + at.length
  return { ...at, source: `${at.source.slice(0, at.col - 1)}${'•'.repeat(at.length)}${at.source.slice(end)}` }
}
