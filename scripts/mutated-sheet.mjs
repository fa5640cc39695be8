// Run sheets as they may come: after slips of the hand and of the editor. The same number gives the same sheet.
import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'

/** The n-th of a seed: bytes changed, slips of the hand, or another document altogether. */
export function mutated(text, seed, n) {
  const random = mulberry32(seed + n * 0x9e3779b1)
  const pick = (list) => list[Math.floor(random() * list.length)]
  const upTo = (most) => Math.floor(random() * (most + 1))
  const kind = random()
  if (kind < 0.4) return byBytes(Buffer.from(text), { random, pick, upTo })
  if (kind < 0.7) return Buffer.from(bySlips(text, { random, pick, upTo }))
  const grown = byGrammar(text, { random, pick, upTo })
  return Buffer.from(random() < 0.3 ? bySlips(grown, { random, pick, upTo }) : grown)
}

function byBytes(bytes, { random, pick, upTo }) {
  let left = bytes
  for (let changes = 1 + upTo(pick([0, 0, 2, 5])); changes > 0; changes -= 1) {
    const at = upTo(left.length)
    const length = upTo(random() < 0.1 ? 400 : 8)
    const put = pick([
      () => Buffer.from([upTo(255)]),
      () => Buffer.alloc(0),
      () => left.subarray(at, at + length),
      () => left.subarray(upTo(left.length), upTo(left.length)).subarray(0, 200),
      () => Buffer.from([0xff, 0xfe, 0x00, 0xed, 0xa0, 0x80].slice(upTo(5))),
    ])()
    left = Buffer.concat([left.subarray(0, at), put, left.subarray(at + pick([0, 1, length]))])
  }
  return left
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '"',
  "'",
  '#',
  ' #',
  '&a ',
  '*a',
  '<<: *a',
  '|\n',
  '>\n',
  '%',
  '@',
  '`',
  ',',
  '${env:X}',
  '${environment}',
  '${',
  'null',
  '~',
  '0',
  '-1',
  '1e999',
  '.nan',
  '0x1F',
  '0o17',
  'true',
  'on',
  '!!binary ',
  '!!js/function ',
  '? ',
  '---\n',
  '...\n',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\u2028',
  '__proto__',
  'constructor',
  'prototype',
  '🚀',
  '\r\n',
  '\r',
  '\ufeff',
  '\ud800',
  '[[[[[[[[[[',
  'x'.repeat(5000),
]

function bySlips(text, { random, pick, upTo }) {
  let left = text
  for (let changes = 1 + upTo(pick([0, 0, 2, 5])); changes > 0; changes -= 1) {
    const at = upTo(left.length)
    const length = upTo(40)
    const kept = random() < 0.5 ? left.slice(at, at + length) : ''
    left = `${left.slice(0, at)}${kept}${pick(pieces)}${left.slice(at + length)}`
  }
  return left
}

const values = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  Infinity,
  NaN,
  '',
  ' ',
  '10%',
  '0%',
  '101%',
  '5m',
  '-5m',
  '99999999h',
  '800ms',
  'off',
  'on',
  '2026-12-01T18:00',
  '2026-02-30T25:61',
  'America/Chicago',
  'Mars/Base',
  '${env:HOME}',
  '${env:NOT_SET}',
  '${environment}',
  '${env:',
  'file:../../x',
  's3://',
  's3://b/../k',
  'https://user:pw@host',
  'javascript:alert(1)',
  '../../etc/passwd',
  '<script>',
  '\u0007bell',
  '__proto__',
  'constructor',
  'toString',
  'a'.repeat(3000),
  [],
  [[]],
  {},
  { kind: 'ratio' },
  { kind: '__proto__' },
  { use: 'slo' },
  { use: 'canary' },
  [1, 'a', null],
  { a: { b: { c: {} } } },
]
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'kind',
  'run',
  'gate',
  'é',
  'x'.repeat(300),
  '0',
  'null',
]

/** A sheet that is still YAML: values replaced, keys renamed, parts moved, doubled, taken away or nested. */
function byGrammar(text, { random, pick, upTo }) {
  const document = parseDocument(text)
  for (let changes = 1 + upTo(pick([0, 0, 2, 4])); changes > 0; changes -= 1) {
    const nodes = []
    visit(document, { Map: (_key, node) => void nodes.push(node), Seq: (_key, node) => void nodes.push(node) })
    const node = pick(nodes.filter(({ items }) => items.length > 0))
    if (!node) break
    const at = upTo(node.items.length - 1)
    const other = pick(nodes)
    const change = pick(['value', 'value', 'remove', 'double', 'move', 'rename', 'nest', 'null'])
    if (change === 'remove') node.items.splice(at, 1)
    else if (change === 'double') node.items.splice(at, 0, copyOf(node.items[at]))
    else if (change === 'move' && isSeq(other) && isSeq(node)) other.items.push(copyOf(node.items[at]))
    else if (isMap(node) && change === 'rename') node.items[at].key = document.createNode(pick(names))
    else {
      const old = isMap(node) ? node.items[at].value : node.items[at]
      const plain = isScalar(old) ? old.value : old
      const next = document.createNode(
        change === 'nest' ? nested(plain, 1 + upTo(random() < 0.1 ? 300 : 5)) : change === 'null' ? null : pick(values),
      )
      if (isMap(node)) node.items[at].value = next
      else node.items[at] = next
    }
  }
  try {
    return document.toString({ lineWidth: pick([0, 80, 120]) })
  } catch {
    return text.slice(0, upTo(text.length)) // an alias lost its anchor: cut the text instead
  }
}

/** A part of its own: the same one twice could come to hold itself. */
function copyOf(item) {
  return item?.clone?.() ?? item
}

function nested(value, levels) {
  let left = typeof value === 'object' ? 'x' : value
  for (let level = 0; level < levels; level += 1) left = level % 2 === 0 ? [left] : { a: left }
  return left
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(start) {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
