import { createHash } from 'node:crypto'
import type { World } from './world.ts'

/** Files of production that are not what the release it says it serves has; not looked at where writes may land behind everybody's back. */
export function unlikeCurrent(world: World): readonly string[] {
  const { site } = world
  const current = site.objects.get('.launch/current.json')
  if (!current || world.truth.launches().length > 1 || world.isSiteDisturbed) return []
  const read = (key: string) => {
    const found = site.objects.get(key)
    return found ? (JSON.parse(new TextDecoder().decode(found.body)) as unknown) : null
  }
  const { release } = read('.launch/current.json') as { readonly release: string }
  const manifest = read(`.launch/releases/${release}/manifest.json`) as {
    readonly files: readonly { readonly path: string; readonly sha256: string }[]
  } | null
  if (!manifest) return [`${release} has no manifest`]
  return manifest.files.flatMap(({ path, sha256 }) => {
    const there = site.objects.get(path)
    const hash = there && createHash('sha256').update(there.body).digest('hex')
    return hash === sha256 ? [] : [`/${path} is not as in ${release}`]
  })
}
