import { z } from 'zod'
import { Argv, Duration } from '../../core/fields.ts'
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
})

/** The smoke test; it gets LAUNCH_URL and LAUNCH_ENV. */
export const Smoke = z.strictObject({
  run: Argv.describe('command of the smoke test, as a list of words'),
  cwd: Text.default('.').describe('folder it runs in, from the run sheet'),
  timeout: Duration.default(300_000).describe('after this it is stopped; default 5m'),
})
