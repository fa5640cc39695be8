import nodePath from 'node:path'

/**
 * What stands before the names of a folder: nothing, or its path below the top with slashes, as it stands in a bucket, whatever this
 * machine writes between folders. Many files, few folders.
 */
export function prefixesBelow(
  top: string,
  paths: Pick<typeof nodePath, 'relative' | 'sep'> = nodePath,
): (folder: string) => string {
  const made = new Map<string, string>()
  return (folder) => {
    const known = made.get(folder)
    if (known !== undefined) return known
    const path = paths.relative(top, folder)
    const prefix = path === '' ? '' : `${path.split(paths.sep).join('/')}/`
    made.set(folder, prefix)
    return prefix
  }
}
