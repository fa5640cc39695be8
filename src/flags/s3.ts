import { z } from 'zod'
import { Duration } from '../core/fields.ts'
import { defineFlagStore } from './define.ts'
import { documentFlagStore } from './document-store.ts'

/** A rollback takes as long as the oldest copy lives, so copies do not live longer than this. */
const longestTtlMs = 5000

const Ttl = Duration.refine(
  (ms) => ms >= 0 && ms <= longestTtlMs,
  'a flag is kept by caches for at most 5s, or a rollback takes too long',
)

export const s3 = defineFlagStore({
  kind: 's3',
  about: 'one flagd document in the site bucket, served through the CDN',
  example: '{ kind: s3, path: /flags/status-board-v2.json }',
  cas: true,
  dealtBy: 'flagd',
  shape: {
    path: z
      .string()
      .regex(
        /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/,
        'write the path on the site, like /flags/status-board-v2.json',
      )
      .describe('path of the document on the site; also its key in the bucket'),
    bucket: z
      .string()
      .min(3)
      .optional()
      .describe('bucket of the document when it is not the site bucket of the environment'),
    ttl: Ttl.prefault('5s').describe('how long caches keep the document, at most 5s'),
  },
  open: (spec, flagKey, ports) =>
    documentFlagStore({
      objects: ports.objects(spec.bucket ?? null),
      http: ports.http,
      flagKey,
      objectKey: spec.path.slice(1),
      url: `${ports.siteUrl}${spec.path}`,
      ttlMs: spec.ttl,
    }),
})
