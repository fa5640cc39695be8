import { createHash, randomUUID } from 'node:crypto'
import { s3Error } from './aws-error.ts'
import { checksum, checksumAlgorithms, type ChecksumAlgorithm } from './s3-checksum.ts'
import { writeRefusal } from './s3-conditions.ts'
import { s3Namespace, type BucketCall, type ObjectCall } from './s3-call.ts'
import { s3Headers, xmlReply } from './s3-object.ts'
import { checksumHeaders, entityOf, readUpload } from './s3-upload.ts'
import type { WireResponse } from './types.ts'
import type { NewObject } from './world.ts'
import { leaf, node, sections, texts, xmlDocument } from './xml.ts'

type Part = { readonly body: Uint8Array; readonly md5: string; readonly at: number }
type MultipartUpload = {
  readonly bucket: string
  readonly key: string
  readonly entity: Pick<NewObject, 'headers' | 'metadata'>
  readonly algorithm: ChecksumAlgorithm | null
  readonly whole: boolean
  readonly startedAt: number
  readonly parts: Map<number, Part>
}

/** S3 refuses smaller parts but the last (5 MiB). */
const minPartBytes = 5 * 1024 * 1024

/** Uploads that are under way. They live in the host's memory: after a takeover a client sees NoSuchUpload and starts again. */
export class MultipartUploads {
  readonly #uploads = new Map<string, MultipartUpload>()

  create({ request, world, bucket, key }: ObjectCall): WireResponse {
    const id = randomUUID()
    const wanted = request.headers['x-amz-checksum-algorithm']?.toLowerCase()
    const algorithm = checksumAlgorithms.find((name) => name === wanted) ?? null
    const whole = request.headers['x-amz-checksum-type']?.toUpperCase() === 'FULL_OBJECT' || algorithm === 'crc64nvme'
    this.#uploads.set(id, {
      bucket: bucket.name,
      key,
      entity: entityOf(request),
      algorithm,
      whole,
      startedAt: world.now(),
      parts: new Map(),
    })
    const reply = xmlReply(
      xmlDocument(
        'InitiateMultipartUploadResult',
        s3Namespace,
        leaf('Bucket', bucket.name),
        leaf('Key', key),
        leaf('UploadId', id),
      ),
    )
    return {
      ...reply,
      headers: { ...reply.headers, ...(wanted !== undefined && { 'x-amz-checksum-algorithm': wanted.toUpperCase() }) },
    }
  }

  uploadPart(call: ObjectCall): WireResponse {
    const found = this.#find(call)
    if (!found) return noSuchUpload()
    const number = Number(call.request.query.get('partNumber'))
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      return s3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
        ArgumentName: 'partNumber',
      })
    }
    const upload = readUpload(call.request)
    if (!upload.ok) return upload.refusal
    found.parts.set(number, { body: upload.body, md5: upload.md5, at: call.world.now() })
    return {
      status: 200,
      headers: { ...s3Headers(), etag: `"${upload.md5}"`, ...checksumHeaders(upload.checksums) },
      body: '',
    }
  }

  listParts(call: ObjectCall): WireResponse {
    const found = this.#find(call)
    if (!found) return noSuchUpload()
    const parts = [...found.parts]
      .sort(([a], [b]) => a - b)
      .map(([number, part]) =>
        node(
          'Part',
          leaf('PartNumber', number),
          leaf('LastModified', new Date(part.at).toISOString()),
          leaf('ETag', `"${part.md5}"`),
          leaf('Size', part.body.length),
        ),
      )
    const head = [
      leaf('Bucket', found.bucket),
      leaf('Key', found.key),
      leaf('UploadId', uploadId(call)),
      leaf('IsTruncated', false),
      leaf('MaxParts', 1000),
    ]
    return xmlReply(xmlDocument('ListPartsResult', s3Namespace, ...head, ...parts))
  }

  list({ bucket }: BucketCall): WireResponse {
    const uploads = [...this.#uploads].filter(([, upload]) => upload.bucket === bucket.name)
    const items = uploads.map(([id, upload]) =>
      node(
        'Upload',
        leaf('Key', upload.key),
        leaf('UploadId', id),
        leaf('Initiated', new Date(upload.startedAt).toISOString()),
      ),
    )
    return xmlReply(
      xmlDocument(
        'ListMultipartUploadsResult',
        s3Namespace,
        leaf('Bucket', bucket.name),
        leaf('IsTruncated', false),
        ...items,
      ),
    )
  }

  abort(call: ObjectCall): WireResponse {
    if (!this.#find(call)) return noSuchUpload()
    this.#uploads.delete(uploadId(call))
    return { status: 204, headers: s3Headers(), body: '' }
  }

  complete(call: ObjectCall): WireResponse {
    const found = this.#find(call)
    if (!found) return noSuchUpload()
    const parts = chosenParts(call, found)
    if (!Array.isArray(parts)) return parts
    const refusal = writeRefusal(call.request, call.bucket, call.key)
    if (refusal) return refusal
    const body = Buffer.concat(parts.map((part) => part.body))
    const etag = `${createHash('md5')
      .update(parts.map((part) => part.md5).join(''), 'hex')
      .digest('hex')}-${parts.length}`
    const checksums = multipartChecksum(found, parts, body)
    call.world.put(call.bucket.name, call.key, { body, etag, checksums, ...found.entity })
    this.#uploads.delete(uploadId(call))
    const result = [
      leaf('Location', `/${found.bucket}/${found.key}`),
      leaf('Bucket', found.bucket),
      leaf('Key', found.key),
      leaf('ETag', `"${etag}"`),
    ]
    return xmlReply(xmlDocument('CompleteMultipartUploadResult', s3Namespace, ...result))
  }

  #find(call: ObjectCall): MultipartUpload | null {
    const upload = this.#uploads.get(uploadId(call))
    return upload?.bucket === call.bucket.name && upload.key === call.key ? upload : null
  }
}

function uploadId(call: ObjectCall): string {
  return call.request.query.get('uploadId') ?? ''
}

/** The parts the client lists, in order and with the ETags it was given; or why not. */
function chosenParts(call: ObjectCall, upload: MultipartUpload): Part[] | WireResponse {
  const listed = sections(Buffer.from(call.request.body).toString('utf8'), 'Part').map((part) => ({
    number: Number(texts(part, 'PartNumber')[0]),
    etag: (texts(part, 'ETag')[0] ?? '').replaceAll('"', ''),
  }))
  if (listed.length === 0)
    return s3Error(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  if (listed.some(({ number }, index) => index > 0 && number <= (listed[index - 1]?.number ?? 0))) {
    return s3Error('InvalidPartOrder', 'The list of parts was not in ascending order.')
  }
  const parts: Part[] = []
  for (const { number, etag } of listed) {
    const part = upload.parts.get(number)
    if (part?.md5 !== etag) return s3Error('InvalidPart', 'One or more of the specified parts could not be found.')
    parts.push(part)
  }
  if (parts.slice(0, -1).some((part) => part.body.length < minPartBytes)) {
    return s3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')
  }
  return parts
}

function multipartChecksum(
  { algorithm, whole }: MultipartUpload,
  parts: readonly Part[],
  body: Uint8Array,
): NewObject['checksums'] {
  if (algorithm === null) return {}
  if (whole) return { [algorithm]: checksum(algorithm, body) }
  const sums = Buffer.concat(parts.map((part) => Buffer.from(checksum(algorithm, part.body), 'base64')))
  return { [algorithm]: `${checksum(algorithm, sums)}-${parts.length}` }
}

function noSuchUpload(): WireResponse {
  return s3Error(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  )
}
