import { describe, expect, test } from 'vitest'
import { interpolate } from '../../src/runsheet/interpolate.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import type { YamlSource } from '../../src/runsheet/yaml-source.ts'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

const at = { file: 'runsheet.yaml', line: 1, col: 1, length: 1, source: '' }
const titled = (title: string): YamlSource => ({
  file: 'runsheet.yaml',
  value: { title },
  valueAt: () => at,
  keyAt: () => at,
  scalarAt: () => at,
})
const problemsOf = (title: string) => interpolate(titled(title), {}).problems.map(({ message }) => message)

describe('a placeholder', () => {
  test.each([
    ['${a}', 'no placeholder ${a}'],
    ['${a{b}', 'no placeholder ${a{b}'],
    ['${env:${X}}', 'no placeholder ${X}'],
    ['${env:{X}}', 'no placeholder ${env:{X}'],
    ['${env:X}', '${env:X} is not allowed here'],
    ['$${environment}', '${environment} has no meaning here'],
  ])('that is none, or none here, is refused: %s', (title, message) => {
    expect(problemsOf(title)).toEqual([message])
  })

  test.each(['$', '${', 'a ${b c', '$ {a}', '{a}', '}${'])('that is not closed is text: %s', (title) => {
    expect(problemsOf(title)).toEqual([])
  })

  test('that is not closed is looked for in time that grows with the text', () => {
    const before = process.cpuUsage()
    expect(problemsOf('${'.repeat(115_000))).toEqual([])
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
  })
})

describe('a variable whose name says that it holds a secret', () => {
  const secret = { HEALTH_TOKEN: 'hunter2-hunter2', HEALTH_URL: 'https://health.example/ok' }
  const asking = (url: string) => smallSheet.replace('kind: http, health: true', `kind: http, urls: ["${url}"]`)

  test('is refused in the address of a check, which would lie in the stored plan, with its place and what to do', () => {
    const { message, exitCode } = refusal(asking('https://h.example/?k=${env:HEALTH_TOKEN}'), secret)
    expect(exitCode).toBe(2)
    expect(message).toMatch(/^runsheet\.yaml:17:32 0: the name of \$\{env:HEALTH_TOKEN\} says that it holds a secret/)
    expect(message).toContain('a check of kind command may read it from its environment')
    expect(message).not.toContain('hunter2')
  })

  test('is refused in the address of an environment', () => {
    const text = smallSheet.replace('https://demo.example,', '"https://demo.example/${env:HEALTH_TOKEN}",')
    expect(refusal(text, secret).message).toMatch(/^runsheet\.yaml:6:\d+ url: the name of \$\{env:HEALTH_TOKEN\}/)
  })

  test('is no other variable: an address may come from one', () => {
    const { sheet } = loadSheet(asking('${env:HEALTH_URL}'), 'runsheet.yaml', secret)
    expect(sheet.gates['ready']).toMatchObject([{ urls: ['https://health.example/ok'] }])
  })
})
