import { stat } from 'node:fs/promises'
import type { AwsCredentials, CredentialsProvider } from './clients.ts'

/** Long over: the SDK asks before each request whether there are fresh ones. */
const askEachTime = new Date(0)

/**
 * Keys that say no end of themselves (those of ~/.aws/credentials, or of a credential_process that gives none), resolved again
 * once one of these files was written anew: whoever brings fresh ones while a canary waits is heard. The last ones stand
 * while the files cannot be understood. `make` gives a provider that remembers nothing.
 */
export function rereading(make: () => CredentialsProvider, files: readonly string[]): CredentialsProvider {
  const provider = make()
  if (files.length === 0) return provider
  let last: { readonly keys: AwsCredentials; readonly stamp: string } | null = null
  return async () => {
    const stamp = await stampOf(files)
    if (last?.keys.expiration) return provider()
    if (last?.stamp === stamp) return { ...last.keys, expiration: askEachTime }
    try {
      const keys = await (last ? make() : provider)()
      last = { keys, stamp }
      return keys.expiration ? keys : { ...keys, expiration: askEachTime }
    } catch (error) {
      if (!last) throw error
      return { ...last.keys, expiration: askEachTime }
    }
  }
}

/** Changes with every write of one of them. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stats = files.map((file) => stat(file).then(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`, String))
  return (await Promise.all(stats)).join()
}
