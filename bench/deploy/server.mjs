// An S3 in memory for the benchmark, in a process of its own: path-style, no authentication, the same latency before every answer.
// Speaks what launch, aws-cli, rclone, s3cmd and s3-sync-client ask of it. Bodies above 1 MiB go to a temporary folder.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const spillAbove = 2 ** 20
const pageSize = 1000

const objects = new Map()
const uploads = new Map()
const folder = await mkdtemp(join(tmpdir(), 'launch-bench-s3-'))
let latencyMs = 0
let slowDownFrom = Infinity
let stats = fresh()
let serial = 0
let inFlight = 0

function fresh() {
  return { requests: 0, operations: {}, bytesIn: 0, slowDowns: 0, mostAtOnce: 0 }
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void serve(request, response))
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
const end = () => void rm(folder, { recursive: true, force: true }).then(() => process.exit(0))
process.on('SIGTERM', end)
// Whoever started this is gone, however that came about.
process.stdin.resume().on('end', end)

async function serve(request, response) {
  const url = new URL(request.url, 'http://s3')
  if (url.pathname.startsWith('/__bench/')) return control(request, url, response)
  inFlight += 1
  stats.mostAtOnce = Math.max(stats.mostAtOnce, inFlight)
  try {
    const body = await bodyOf(request)
    stats.requests += 1
    stats.bytesIn += body.length
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
    const answer = inFlight > slowDownFrom ? slowDown() : await answerTo(request, url, body)
    await send(request, response, answer)
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  } finally {
    inFlight -= 1
  }
}

function slowDown() {
  stats.slowDowns += 1
  return fault(503, 'SlowDown')
}

async function control(request, url, response) {
  const { searchParams } = url
  if (url.pathname === '/__bench/set') {
    if (searchParams.has('latency')) latencyMs = Number(searchParams.get('latency'))
    if (searchParams.has('slowDownFrom')) slowDownFrom = Number(searchParams.get('slowDownFrom'))
    if (searchParams.has('stats')) stats = fresh()
    if (searchParams.has('empty')) objects.clear()
    const olderMs = Number(searchParams.get('olderByHours')) * 3_600_000
    if (olderMs > 0) for (const object of objects.values()) object.at = new Date(object.at - olderMs)
  }
  if (url.pathname === '/__bench/objects') {
    const list = [...objects].map(([key, { sha256, bytes, headers }]) => ({ key, sha256, bytes, headers }))
    return response.end(JSON.stringify(list))
  }
  return response.end(JSON.stringify(stats))
}

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
  const chunked = (request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  return chunked ? dechunked(body) : body
}

/** `aws-chunked`: a size line in hex, the bytes, an empty line; trailers at the end are left out. */
function dechunked(body) {
  const parts = []
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}

async function answerTo(request, url, body) {
  const [, bucket, ...rest] = url.pathname.split('/')
  const key = decodeURIComponent(rest.join('/'))
  const { method, headers } = request
  const query = url.searchParams
  const name = key === '' ? bucketOperation(method, query) : objectOperation(method, query, headers)
  stats.operations[name] = (stats.operations[name] ?? 0) + 1
  const id = `${bucket}/${key}`
  switch (name) {
    case 'CreateBucket':
    case 'HeadBucket':
      return { status: 200 }
    case 'GetBucketLocation':
      return xml('<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
    case 'ListObjects':
      return list(bucket, query)
    case 'DeleteObjects':
      for (const [, one] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g))
        objects.delete(`${bucket}/${unescaped(one)}`)
      return xml('<DeleteResult/>')
    case 'DeleteObject':
      objects.delete(id)
      return { status: 204 }
    case 'GetObject':
    case 'HeadObject':
      return found(objects.get(id), headers)
    case 'PutObject':
      return conflict(id, headers) ?? stored(id, await put(id, body, headers))
    case 'CopyObject': {
      const from = objects.get(decodeURIComponent(headers['x-amz-copy-source']).replace(/^\//, ''))
      if (!from) return fault(404, 'NoSuchKey')
      const replaced = headers['x-amz-metadata-directive'] === 'REPLACE' ? entity(headers) : from.headers
      objects.set(id, { ...from, headers: replaced, at: new Date() })
      return xml(
        `<CopyObjectResult><ETag>"${from.etag}"</ETag><ChecksumSHA256>${checksum(from)}</ChecksumSHA256></CopyObjectResult>`,
      )
    }
    case 'CreateMultipartUpload': {
      const upload = String((serial += 1))
      uploads.set(upload, { headers, parts: new Map() })
      return xml(`<InitiateMultipartUploadResult><UploadId>${upload}</UploadId></InitiateMultipartUploadResult>`)
    }
    case 'UploadPart': {
      const part = await kept(body)
      uploads.get(query.get('uploadId')).parts.set(Number(query.get('partNumber')), part)
      return { status: 200, headers: { etag: `"${part.etag}"`, 'x-amz-checksum-sha256': checksum(part) } }
    }
    case 'CompleteMultipartUpload': {
      const upload = uploads.get(query.get('uploadId'))
      const refused = conflict(id, headers)
      if (refused) return refused
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      const whole = await joined(parts)
      objects.set(id, {
        ...whole,
        etag: `${whole.etag}-${parts.length}`,
        headers: entity(upload.headers),
        at: new Date(),
      })
      uploads.delete(query.get('uploadId'))
      return xml(
        `<CompleteMultipartUploadResult><ETag>"${objects.get(id).etag}"</ETag></CompleteMultipartUploadResult>`,
      )
    }
    case 'AbortMultipartUpload':
      uploads.delete(query.get('uploadId'))
      return { status: 204 }
    default:
      return fault(501, 'NotImplemented')
  }
}

function bucketOperation(method, query) {
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects'
  if (method === 'PUT') return 'CreateBucket'
  if (method === 'HEAD') return 'HeadBucket'
  return query.has('location') ? 'GetBucketLocation' : 'ListObjects'
}

function objectOperation(method, query, headers) {
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
  if (method !== 'PUT') return method === 'HEAD' ? 'HeadObject' : 'GetObject'
  if (query.has('uploadId')) return 'UploadPart'
  return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject'
}

function conflict(id, headers) {
  const there = objects.get(id)
  if (headers['if-none-match'] === '*' && there) return fault(412, 'PreconditionFailed')
  const match = headers['if-match']
  if (match === undefined) return null
  return there
    ? match.replaceAll('"', '') === there.etag
      ? null
      : fault(412, 'PreconditionFailed')
    : fault(404, 'NoSuchKey')
}

async function put(id, body, headers) {
  const object = { ...(await kept(body)), headers: entity(headers), at: new Date() }
  const claimed = headers['x-amz-checksum-sha256']
  if (claimed !== undefined && claimed !== checksum(object)) return null
  const signed = headers['x-amz-content-sha256'] ?? ''
  if (/^[0-9a-f]{64}$/.test(signed) && signed !== object.sha256) return null
  objects.set(id, object)
  return object
}

function stored(_id, object) {
  if (object === null) return fault(400, 'BadDigest')
  return { status: 200, headers: { etag: `"${object.etag}"`, 'x-amz-checksum-sha256': checksum(object) } }
}

/** Hashes a body and keeps it: small ones here, large ones on disk. */
async function kept(body) {
  const of = (algorithm) => createHash(algorithm).update(body).digest('hex')
  const facts = { bytes: body.length, etag: of('md5'), sha256: of('sha256') }
  if (body.length <= spillAbove) return { ...facts, body }
  const path = join(folder, String((serial += 1)))
  await writeFile(path, body)
  return { ...facts, path }
}

async function joined(parts) {
  const path = join(folder, String((serial += 1)))
  const [sha256, md5] = [createHash('sha256'), createHash('md5')]
  const file = await open(path, 'w')
  let bytes = 0
  for (const part of parts) {
    for await (const chunk of part.path ? createReadStream(part.path) : [part.body]) {
      sha256.update(chunk)
      await file.write(chunk)
      bytes += chunk.length
    }
    md5.update(Buffer.from(part.etag, 'hex'))
  }
  await file.close()
  await Promise.all(parts.map((part) => part.path && rm(part.path, { force: true })))
  return { bytes, path, sha256: sha256.digest('hex'), etag: md5.digest('hex') }
}

function entity(headers) {
  const names = ['content-type', 'cache-control', 'content-encoding']
  const own = Object.entries(headers).filter(([name]) => names.includes(name) || name.startsWith('x-amz-meta-'))
  return Object.fromEntries(own)
}

function checksum({ sha256 }) {
  return Buffer.from(sha256, 'hex').toString('base64')
}

function found(object, headers) {
  if (!object) return fault(404, 'NoSuchKey')
  const withChecksum = headers['x-amz-checksum-mode'] === 'ENABLED' ? { 'x-amz-checksum-sha256': checksum(object) } : {}
  return {
    status: 200,
    headers: { ...object.headers, ...withChecksum, etag: `"${object.etag}"`, 'last-modified': object.at.toUTCString() },
    length: object.bytes,
    ...(object.body ? { body: object.body } : { path: object.path }),
  }
}

function list(bucket, query) {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('marker') ?? ''
  const encode =
    query.get('encoding-type') === 'url' ? (key) => encodeURIComponent(key).replaceAll('%2F', '/') : escaped
  const all = [...objects.keys()]
    .filter((id) => id.startsWith(`${bucket}/${prefix}`))
    .map((id) => id.slice(bucket.length + 1))
    .filter((key) => key > after)
    .sort((a, b) => (a < b ? -1 : 1))
  const page = all.slice(0, Math.min(pageSize, Number(query.get('max-keys') ?? pageSize)))
  const rows = page.map((key) => {
    const { etag, bytes, at } = objects.get(`${bucket}/${key}`)
    return `<Contents><Key>${encode(key)}</Key><LastModified>${at.toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  })
  const more = page.length < all.length
  const next = more
    ? `<NextContinuationToken>${escaped(page.at(-1))}</NextContinuationToken><NextMarker>${escaped(page.at(-1))}</NextMarker>`
    : ''
  const encoding = query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : ''
  return xml(
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${pageSize}</MaxKeys>${encoding}<IsTruncated>${more}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`,
  )
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function unescaped(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

function xml(body) {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
  }
}

function fault(status, code) {
  return { ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status }
}

async function send(request, response, { status, headers = {}, body, path, length }) {
  const size = length ?? Buffer.byteLength(body ?? '')
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'content-length': size }),
    'x-amz-request-id': 'bench',
  })
  if (request.method === 'HEAD') return response.end()
  if (path === undefined) return response.end(body)
  for await (const chunk of createReadStream(path))
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve))
  return response.end()
}
