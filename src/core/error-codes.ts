import type { Outcome } from './exit-code.ts'

type ErrorCodeRow = { readonly outcome: Outcome; readonly about: string; readonly hint: string }

/** Every code a LaunchError can carry: how the process ends, what it means, what to do when nothing better is known. */
export const errorCodes = {
  USAGE: { outcome: 'invalid', about: 'the command line is wrong', hint: 'see launch --help' },
  CONFIRMATION_NEEDED: {
    outcome: 'invalid',
    about: 'production would change and nobody is there to be asked',
    hint: 'pass --yes, or set AUTO_CONFIRM=true',
  },
  RUNSHEET_NOT_FOUND: {
    outcome: 'invalid',
    about: 'there is no run sheet at that path',
    hint: 'run launch init, or name one with --runsheet',
  },
  RUNSHEET_SYNTAX: { outcome: 'invalid', about: 'the run sheet is not YAML', hint: 'mend the line that is named' },
  RUNSHEET_INVALID: {
    outcome: 'invalid',
    about: 'the run sheet says something launch does not understand',
    hint: 'mend the lines that are named; launch schema prints what is allowed',
  },
  NOT_FOUND: { outcome: 'invalid', about: 'what was named does not exist', hint: 'launch history lists what there is' },
  NO_LAUNCH: {
    outcome: 'invalid',
    about: 'no launch is open',
    hint: 'launch auto, launch build or launch approve opens one',
  },
  ENDPOINT_REFUSED: {
    outcome: 'invalid',
    about: 'an endpoint outside AWS is configured',
    hint: 'pass --allow-endpoint (LAUNCH_ALLOW_ENDPOINT=1) if that is meant',
  },
  ROLLBACK_TARGET: {
    outcome: 'invalid',
    about: 'it is not clear which flag to turn off',
    hint: 'name it: launch rollback emergency --flag s3://bucket/key --region us-east-1',
  },
  REFUSED: { outcome: 'refused', about: 'a gate did not pass', hint: 'launch explain shows why' },
  STEP_FAILED: { outcome: 'refused', about: 'a step failed', hint: 'mend it, then launch resume' },
  COMMAND_NOT_FOUND: {
    outcome: 'refused',
    about: 'a command of the run sheet is not on this machine',
    hint: 'install it, or mend the command in the run sheet',
  },
  GIT_REFUSED: {
    outcome: 'refused',
    about: 'git refuses to read the checkout',
    hint: 'git config --global --add safe.directory, with the folder of the checkout',
  },
  RUNSHEET_UNCOMMITTED: {
    outcome: 'refused',
    about: 'nobody watches, and the run sheet is not the reviewed one',
    hint: 'commit it; launch interactive and single steps take it as it is',
  },
  BUILD_FAILED: {
    outcome: 'refused',
    about: 'the build failed',
    hint: 'launch build --verbose prints all it says; npm ci where a package is missing',
  },
  ARTIFACT_INVALID: { outcome: 'refused', about: 'the built files are not fit to ship', hint: 'mend the build output' },
  WINDOW_CLOSED: {
    outcome: 'refused',
    about: 'production changes are not allowed now',
    hint: 'wait for the window of the run sheet; a rollback is always allowed',
  },
  ROLLED_BACK: {
    outcome: 'rolled-back',
    about: 'the launch was rolled back',
    hint: 'launch report tells why; mend it, then launch auto --ack-rollback',
  },
  DEPLOY_BROKEN: {
    outcome: 'failed',
    about: 'users are not served the files that were deployed',
    hint: 'launch rollback full; then check CloudFront invalidation, wait 5-10 minutes for propagation',
  },
  ROLLBACK_FAILED: {
    outcome: 'failed',
    about: 'a rollback could not be confirmed',
    hint: 'check production by hand now',
  },
  CREDENTIALS: {
    outcome: 'unavailable',
    about: 'AWS does not accept the credentials',
    hint: 'aws sso login, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or check the role of the run sheet',
  },
  FORBIDDEN: {
    outcome: 'unavailable',
    about: 'AWS refuses the action',
    hint: 'launch validate names the rights that are missing; the policy of the role has to grant them',
  },
  UNREACHABLE: {
    outcome: 'unavailable',
    about: 'a service does not answer',
    hint: 'check the network, then try again',
  },
  WRONG_ACCOUNT: {
    outcome: 'unavailable',
    about: 'these credentials are of another account',
    hint: 'use the profile or role of the run sheet',
  },
  SUPERSEDED: { outcome: 'superseded', about: 'another launch has taken over', hint: 'launch status' },
  LATCHED: {
    outcome: 'superseded',
    about: 'the flag was rolled back and stays off',
    hint: 'mend the cause, then launch auto --ack-rollback',
  },
  UNFINISHED: {
    outcome: 'superseded',
    about: 'an unfinished launch is in the way',
    hint: 'launch resume, or launch auto --new',
  },
  JOURNAL_TAKEN: { outcome: 'superseded', about: 'another process wrote first', hint: 'launch status' },
  JOURNAL_VERSION: {
    outcome: 'superseded',
    about: 'the journal was written by a newer launch',
    hint: 'install the newer version',
  },
  JOURNAL_CORRUPT: {
    outcome: 'failed',
    about: 'the journal does not hold together',
    hint: 'launch history; keep the files',
  },
  HELD: { outcome: 'held', about: 'the launch waits', hint: 'launch status says for what' },
  DECLINED: { outcome: 'declined', about: 'declined by a person', hint: 'launch resume when you are ready' },
  STOPPED: { outcome: 'stopped', about: 'stopped by a signal', hint: 'launch resume goes on' },
} as const satisfies Record<string, ErrorCodeRow>

export type ErrorCode = keyof typeof errorCodes

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
