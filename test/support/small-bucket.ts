import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { localServer } from './local-server.ts'

export type SmallBucket = AsyncDisposable & {
  readonly endpoint: string
  /** Key → body. */
  readonly documents: ReadonlyMap<string, string>
  /** Method and path of every request, and when it came (ms). */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly at: number }[]
}

export type SmallBucketOptions = {
  readonly name: string
  readonly documents?: { readonly [key: string]: string }
  /** Answers a request in place of the bucket, or leaves it without an answer; null: as the bucket would. */
  readonly instead?: (
    method: string,
    path: string,
  ) => { readonly status: number; readonly code: string } | 'silence' | null
}

/** S3 with one bucket, as far as an emergency rollback speaks to it; every other bucket is not there, and STS knows nobody. */
export async function smallBucket({ name, documents: given = {}, instead }: SmallBucketOptions): Promise<SmallBucket> {
  const documents = new Map(Object.entries(given))
  const requests: { method: string; path: string; at: number }[] = []
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://bucket')
    const { method = '' } = incoming
    const body = await text(incoming)
    requests.push({ method, path: pathname, at: performance.now() })
    const answer = (status: number, said = '', type = 'application/xml') =>
      outgoing.writeHead(status, { 'content-type': type, etag: '"1"' }).end(method === 'HEAD' ? '' : said)
    const fault = (status: number, code: string) => answer(status, `<Error><Code>${code}</Code></Error>`)
    const other = instead?.(method, pathname) ?? null
    if (other === 'silence') return
    if (other !== null) return fault(other.status, other.code)
    if (method === 'POST') return fault(403, 'AccessDenied')
    if (pathname !== `/${name}` && !pathname.startsWith(`/${name}/`)) return fault(404, 'NoSuchBucket')
    if (searchParams.has('list-type')) return answer(200, listing(name, searchParams.get('prefix') ?? '', documents))
    const key = decodeURIComponent(pathname.slice(name.length + 2))
    if (method === 'PUT') documents.set(key, body)
    const found = documents.get(key)
    return found === undefined ? fault(404, 'NoSuchKey') : answer(200, found, 'application/json')
  }
  const { url, [Symbol.asyncDispose]: close } = await localServer(handle)
  return { endpoint: url, documents, requests, [Symbol.asyncDispose]: close }
}

function listing(bucket: string, prefix: string, documents: ReadonlyMap<string, string>): string {
  const keys = [...documents.keys()].filter((key) => key.startsWith(prefix)).toSorted()
  const rows = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>"1"</ETag></Contents>`)
  return `<ListBucketResult><Name>${bucket}</Name><Prefix>${prefix}</Prefix><IsTruncated>false</IsTruncated>${rows.join('')}</ListBucketResult>`
}
