import { posix, win32 } from 'node:path'
import { expect, test } from 'vitest'
import { prefixesBelow } from '../../src/host/path-below.ts'

test('a file of a Windows folder has the same key as one of any other', () => {
  const onWindows = prefixesBelow('C:\\site\\dist', win32)
  expect(['C:\\site\\dist', 'C:\\site\\dist\\assets', 'c:\\site\\dist\\assets\\größe b'].map(onWindows)).toEqual([
    '',
    'assets/',
    'assets/größe b/',
  ])
  const elsewhere = prefixesBelow('/site/dist', posix)
  expect(['/site/dist', '/site/dist/assets', '/site/dist/assets/größe b'].map(elsewhere)).toEqual([
    '',
    'assets/',
    'assets/größe b/',
  ])
})
