import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { localServer, type LocalServer } from './local-server.ts'

type Copy = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
  readonly until: number
}

/** A CDN over a bucket: keeps what it fetched as long as `s-maxage` or `max-age` says, and answers `/api/health` itself. */
export async function bucketSite(client: S3Client, bucket: string): Promise<LocalServer> {
  const copies = new Map<string, Copy>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    if (path === '/api/health') return void response.end('ok')
    const key = path === '/' ? 'index.html' : decodeURIComponent(path.slice(1))
    const kept = copies.get(key)
    const copy = kept && kept.until > Date.now() ? kept : await fetchCopy(client, bucket, key)
    copies.set(key, copy)
    response.writeHead(copy.status, { ...copy.headers, 'x-cache': copy === kept ? 'Hit' : 'Miss' }).end(copy.body)
  }
  return localServer((request, response) =>
    answer(request, response).catch((error: unknown) => response.writeHead(502).end(String(error))),
  )
}

async function fetchCopy(client: S3Client, bucket: string, key: string): Promise<Copy> {
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    const cacheControl = object.CacheControl ?? ''
    const ttl = /s-maxage=(\d+)/.exec(cacheControl)?.[1] ?? /max-age=(\d+)/.exec(cacheControl)?.[1] ?? '0'
    const body = (await object.Body?.transformToByteArray()) ?? new Uint8Array()
    const headers = { 'content-type': object.ContentType ?? '', 'cache-control': cacheControl }
    return { status: 200, headers, body, until: Date.now() + Number(ttl) * 1000 }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchKey') throw error
    return { status: 404, headers: {}, body: new Uint8Array(), until: 0 }
  }
}
