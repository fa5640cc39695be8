import { hash } from 'node:crypto'
import { sha256Hex, type Sha256 } from './brand.ts'

export function sha256(data: string | Uint8Array): Sha256 {
  return sha256Hex(hash('sha256', data, 'hex'))
}

/** JSON with sorted keys and no undefined: equal values give equal text, so equal hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    let fields = ''
    for (const [key, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (item !== undefined) fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`
    }
    return `{${fields}}`
  }
  return JSON.stringify(value)
}

export function hashOf(value: unknown): Sha256 {
  return sha256(canonicalJson(value))
}
