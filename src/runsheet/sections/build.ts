import { z } from 'zod'
import { Argv, Bytes, Duration } from '../../core/fields.ts'
import { Text } from './names.ts'

/** How the artifact of a launch is made. */
export const Build = z.strictObject({
  run: Argv.describe('command that builds the site, as a list of words'),
  cwd: Text.default('.').describe('folder it runs in, from the run sheet'),
  env: z.record(z.string(), z.string()).default({}).describe('variables it gets; never secrets'),
  output: Text.describe('folder with the built files, from the run sheet'),
  immutable: z
    .array(Text)
    .default([])
    .describe('globs of files whose names carry their content hash: uploaded once, never overwritten'),
  timeout: Duration.default(600_000).describe('after this it is stopped; default 10m'),
  idempotent: z
    .boolean()
    .default(false)
    .describe('true: the same commit builds the same bytes, so a resume may build again'),
  probe: Argv.optional().describe(
    'for a build that must not run twice: asked after a crash, exit 0 means that it had run to its end; else it runs again',
  ),
  budget: Bytes.optional().describe('all files together may have so many bytes, like 5MB; without it any number'),
  sourceMaps: z.array(Text).optional().describe('globs of source maps that may be shipped; without it none'),
  dotfiles: z.array(Text).optional().describe('names with a leading dot that may be shipped besides .well-known'),
  elsewhere: z
    .array(Text)
    .optional()
    .describe('globs of files that pages name and that are not in the artifact: something else serves them'),
})

/** How releases are checked and for how long they are kept. */
export const Deploy = z.strictObject({
  verify: z
    .enum(['sample', 'all'])
    .optional()
    .describe(
      'which files are fetched through the CDN and hashed after a deploy; default sample: all of up to 200 files, of more the changed pages and unhashed files and 64 others',
    ),
  errorPages: z
    .enum(['warn', 'refuse'])
    .optional()
    .describe(
      'what validate does about a distribution that answers 200 with a page where a file is missing, or keeps errors for more than 10 s; default warn',
    ),
  openBucket: z
    .enum(['warn', 'refuse'])
    .optional()
    .describe(
      'what validate does about a bucket that does not block public access, or whose objects an ACL can give to others; default warn',
    ),
  keep: z.int().min(1).optional().describe('so many of the last releases survive launch releases prune; default 5'),
  keepFor: Duration.optional().describe('younger releases survive it, too; default 7d'),
  removeForeign: z
    .array(Text.regex(/^[^!/]/, 'write a glob of what may go, without a leading ! or /'))
    .optional()
    .describe(
      'globs of objects that no release lists and launch releases prune removes, once they are a day old and no launch is open; without it none',
    ),
})

/** The smoke test; it gets LAUNCH_URL and LAUNCH_ENV. */
export const Smoke = z.strictObject({
  run: Argv.describe('command of the smoke test, as a list of words'),
  cwd: Text.default('.').describe('folder it runs in, from the run sheet'),
  timeout: Duration.default(300_000).describe('after this it is stopped; default 5m'),
})
