import { join } from 'node:path'
import type { AwsEnvironment } from '../aws/environment.ts'
import { LaunchError } from '../core/errors.ts'
import type { FlagStore, Http } from '../core/ports.ts'
import { FlagStoreSpec, openFlagStore } from '../flags/registry.ts'
import { systemDisk } from '../host/disk.ts'
import { projectFiles } from '../host/files.ts'
import { systemHttpApi } from '../host/http.ts'
import { directoryStore } from '../journal/directory-store.ts'
import { lazyObjects, lazyParameters } from './aws-world.ts'
import { playedFlag } from '../flags/played.ts'

export type EmergencyStoreOrder = {
  /** The fields of `flag.store:` that could be read. */
  readonly store: { readonly [field: string]: string }
  readonly flagKey: string
  readonly aws: AwsEnvironment
  readonly http: Http
  readonly environment: string
  readonly env: { readonly [name: string]: string | undefined }
  /** The folder of the run sheet. */
  readonly root: string
  readonly siteUrl: string
  /** The site's bucket in the sandbox; null outside. */
  readonly playedIn: string | null
}

/** A flag that is no document in S3, opened from what could be read of it. Throws ROLLBACK_TARGET when that is not enough. */
export function emergencyStore(order: EmergencyStoreOrder): FlagStore {
  const { store, flagKey: key, aws, http, environment, env, root, siteUrl, playedIn } = order
  const spec = FlagStoreSpec.safeParse(store)
  if (!spec.success) {
    const [first] = spec.error.issues
    throw new LaunchError('ROLLBACK_TARGET', `flag.store cannot be opened: ${first?.path.join('.')} ${first?.message}`)
  }
  const flag = { key, store: spec.data }
  return openFlagStore(playedIn === null ? flag : playedFlag(flag), {
    objects: (bucket) => lazyObjects(aws, bucket ?? playedIn ?? ''),
    http,
    environment,
    siteUrl,
    files: projectFiles(root),
    versions: directoryStore(join(root, '.launch', 'flags'), systemDisk),
    api: systemHttpApi(),
    secret: (variable) => env[variable] || null,
    parameters: lazyParameters(aws),
  })
}
