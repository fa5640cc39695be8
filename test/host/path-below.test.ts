import { posix, win32 } from 'node:path'
import { expect, test } from 'vitest'
import { prefixesBelow } from '../../src/host/path-below.ts'

test('a file of a Windows folder has the same key as one of any other', () => {
  const onWindows = prefixesBelow('C:\\work\\dist', win32)
  expect(['C:\\work\\dist', 'C:\\work\\dist\\assets', 'c:\\work\\dist\\assets\\größe b'].map(onWindows)).toEqual([
    '',
    'assets/',
    'assets/größe b/',
  ])
  const elsewhere = prefixesBelow('/work/dist', posix)
  expect(['/work/dist', '/work/dist/assets', '/work/dist/assets/größe b'].map(elsewhere)).toEqual([
    '',
    'assets/',
    'assets/größe b/',
  ])
})
