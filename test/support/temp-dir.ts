import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type TempDir = AsyncDisposable & {
  /** Real path of the folder, no symlink in it. */
  readonly path: string
  /** An absolute path inside the folder. */
  file(...segments: readonly string[]): string
}

/** An empty folder, filled with `files` (relative path → content), gone with its scope: `await using dir = await tempDir()`. */
export async function tempDir(
  given: { readonly files?: Readonly<Record<string, string | Uint8Array>> } = {},
): Promise<TempDir> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'launch-test-')))
  const entries = Object.entries(given.files ?? {})
  for (const folder of new Set(entries.map(([name]) => dirname(join(path, name)))))
    await mkdir(folder, { recursive: true })
  await Promise.all(entries.map(([name, content]) => writeFile(join(path, name), content)))
  return {
    path,
    file: (...segments) => join(path, ...segments),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  }
}
