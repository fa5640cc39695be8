import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { bytesOf, forwarded, localServer, passOn } from './local-server.ts'

/** Where in the life of a request the process behind it ends: before the service saw it, with no reply, right after the reply. */
export const killPhases = ['before', 'applied', 'replied'] as const
export type KillPhase = (typeof killPhases)[number]

/** One AWS request of a launch, by what it is about. */
export type NamedRequest = {
  /** From 1, in the order in which they arrived. */
  readonly n: number
  /** `PUT sb-prod flag 50 %`, `GetMetricData`: the same for requests that do the same. */
  readonly name: string
  /** Changes something when it is applied. */
  readonly isEffect: boolean
  /** Status of the reply; null while, or because, none came. */
  readonly status: number | null
}

export type Kill = {
  readonly name: string
  /** Of the requests of that name, which one; from 1. */
  readonly occurrence: number
  readonly phase: KillPhase
  readonly kill: () => void
}

export type FaultProxy = AsyncDisposable & {
  readonly url: string
  readonly requests: readonly NamedRequest[]
  /** Kills at the next request that fits; counts from now on. */
  arm(kill: Kill): void
  /** The request at which the process was killed; null: none came. */
  killedAt(): NamedRequest | null
}

/** A reverse proxy before an AWS endpoint: names every AWS request of the process behind it, and kills it at one of them. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const requests: { n: number; name: string; isEffect: boolean; status: number | null }[] = []
  let armed: (Kill & { left: number }) | null = null
  let killedAt: NamedRequest | null = null

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', headers, url = '/' } = incoming
    // The sandbox's clock is no part of AWS: a long poll, passed on as it comes.
    if (url.startsWith('/_sandbox/')) return passOn(await forwarded(target, incoming), outgoing)
    const body = await bytesOf(incoming)
    const { name, isEffect } = nameOf(method, url, headers, body.toString('latin1'))
    const named = { n: requests.length + 1, name, isEffect, status: null as number | null }
    requests.push(named)
    const fatal = armed?.name === name && (armed.left -= 1) === 0 ? armed : null
    if (fatal?.phase === 'before') return die(fatal, named)
    const answer = await forwarded(target, incoming, body)
    const reply = await bytesOf(answer)
    named.status = answer.statusCode ?? 502
    if (fatal?.phase === 'applied') return die(fatal, named)
    const { 'transfer-encoding': _, ...kept } = answer.headers
    const sized = method === 'HEAD' ? kept : { ...kept, 'content-length': String(reply.length) }
    outgoing.writeHead(named.status, sized).end(reply)
    if (fatal) {
      await once(outgoing, 'finish')
      die(fatal, named)
    }
  }
  const die = ({ kill }: Kill, named: NamedRequest) => {
    killedAt = named
    armed = null
    kill()
  }

  return {
    ...(await localServer(handle)),
    requests,
    arm: (kill) => void (armed = { ...kill, left: kill.occurrence }),
    killedAt: () => killedAt,
  }
}

type Name = Pick<NamedRequest, 'name' | 'isEffect'>

function nameOf(method: string, url: string, headers: IncomingHttpHeaders, body: string): Name {
  const { pathname, searchParams } = new URL(url, 'http://aws')
  const target = headers['x-amz-target']
  if (typeof target === 'string') return { name: target.split('.').at(-1) ?? target, isEffect: false }
  if (pathname.startsWith('/2020-05-31/'))
    return { name: `${method} ${pathname.split('/').at(-1)}`, isEffect: method === 'POST' }
  if (pathname === '/' && method === 'POST')
    return { name: new URLSearchParams(body).get('Action') ?? 'query', isEffect: false }
  const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent)
  if (searchParams.get('list-type') === '2') return { name: `LIST ${bucket}`, isEffect: false }
  const verb = headers['x-amz-copy-source'] === undefined ? method : 'COPY'
  const isEffect = method !== 'GET' && method !== 'HEAD'
  const what = keyClass(rest.join('/'))
  return { name: [verb, bucket, what, ...(isEffect ? [detail(what, body)] : [])].join(' ').trim(), isEffect }
}

/** What a key is, not which one of them. */
function keyClass(key: string): string {
  if (/\/events\/\d+\.json$/.test(key)) return 'event'
  if (/(?:^|\/)active\.json$/.test(key)) return 'open launch'
  if (key.endsWith('/plan.json')) return 'plan'
  if (key.startsWith('flags/')) return 'flag'
  if (key === '.launch/current.json') return 'pointer'
  if (/^\.launch\/releases\/[^/]+\/manifest\.json$/.test(key)) return 'manifest'
  if (key.startsWith('.launch/')) return 'kept file'
  return key.endsWith('.html') ? 'page' : key.startsWith('assets/') ? 'asset' : 'file'
}

/** What tells apart writes of one class of keys: the type of an event and its phase, step or stage, the percent of a flag. */
function detail(what: string, body: string): string {
  // A body with checksums behind it is sent in chunks: the document is its first line that looks like one.
  const field = (name: string) => new RegExp(`"${name}":\\s*"?([^",}]*)`).exec(body)?.[1] ?? ''
  if (what === 'flag') return `${field('percent')} %`
  if (what !== 'event') return ''
  const type = field('type')
  if (type === 'gate-judged') return `${type} ${field('key')} ${field('verdict')}`
  if (/^(?:flag|stage)-/.test(type)) return `${type} @${field('percent')}`
  return `${type} ${['step', 'phase', 'role'].map(field).find((value) => value !== '') ?? ''}`
}
