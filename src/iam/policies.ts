import { allow, deny, notCreateOnce, unconditional, type Policy, type Role, type Statement } from './policy.ts'
import type { Scope } from './scope.ts'

/** The least a role needs for what it is for, as a policy of the role in the environment's account. */
export function policyOf(role: Role, scope: Scope): Policy {
  const statements = { read, ci, emergency, admin }[role](scope)
  return { Version: '2012-10-17', Statement: [...statements, ...never(scope)] }
}

function read(scope: Scope): readonly Statement[] {
  return [...look(scope)]
}

function ci(scope: Scope): readonly Statement[] {
  const { everyObject, flag, pointer, state } = scope
  const compared = [...(flag ? [flag.object] : []), pointer, ...(state ? [state.active] : [])]
  return [
    ...look(scope),
    allow('WriteSiteAndFlag', ['s3:PutObject'], [everyObject, ...flagElsewhere(scope)]),
    allow('EndUploadsInParts', ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [everyObject]),
    deny('ReplaceOnlyWhatWasRead', ['s3:PutObject'], compared, unconditional),
    ...writeParameter(scope),
    ...journal(scope),
    ...invalidate(scope),
  ]
}

function emergency(scope: Scope): readonly Statement[] {
  const { everyObject, flag, pointer, keptFiles, releases, state } = scope
  return [
    ...look(scope),
    allow('TurnOffAndPointBack', ['s3:PutObject'], [...(flag ? [flag.object] : []), pointer]),
    // Nothing can be uploaded with this: only copies of what a release left there can be put back.
    allow('PutKeptFilesBack', ['s3:PutObject'], [everyObject], { StringLike: { 's3:x-amz-copy-source': keptFiles } }),
    deny('KeepReleasesAsTheyAre', ['s3:PutObject'], [releases]),
    ...writeParameter(scope),
    ...(state
      ? [
          allow('TellTheJournal', ['s3:PutObject'], [state.events, state.told]),
          deny('AppendOnly', ['s3:PutObject'], [state.events, state.told], notCreateOnce),
        ]
      : []),
    ...invalidate(scope),
  ]
}

function admin(scope: Scope): readonly Statement[] {
  const { bucket, everyObject, state } = scope
  const buckets = [bucket, ...(state ? [state.bucket] : [])]
  return [
    ...look(scope),
    allow(
      'WriteAndCleanUp',
      ['s3:PutObject', 's3:DeleteObject'],
      [everyObject, ...flagElsewhere(scope), ...(state ? [state.everyObject] : [])],
    ),
    allow(
      'SetUpBuckets',
      [
        'BucketPolicy',
        'BucketPublicAccessBlock',
        'BucketOwnershipControls',
        'BucketVersioning',
        'LifecycleConfiguration',
      ].flatMap((name) => [`s3:Get${name}`, `s3:Put${name}`]),
      buckets,
    ),
    ...writeParameter(scope),
    allow('SetUpAlarms', ['cloudwatch:PutMetricAlarm'], ['*'], inRegions(scope)),
    ...invalidate(scope),
  ]
}

/** What every role may see. */
function look(scope: Scope): readonly Statement[] {
  const { bucket, everyObject, flag, parameter, distribution, state } = scope
  const buckets = [...new Set([bucket, ...(flag ? [flag.bucket] : [])])]
  return [
    allow('ReadSiteAndFlag', ['s3:GetObject'], [everyObject, ...flagElsewhere(scope)]),
    // Without it S3 answers 403 instead of 404 for an object that is not there.
    allow('ListSite', ['s3:ListBucket'], buckets),
    // `validate` says who else could open the bucket.
    allow('ReadAccessSettings', ['s3:GetBucketPublicAccessBlock', 's3:GetBucketOwnershipControls'], [bucket]),
    ...(state
      ? [
          allow('ReadLaunches', ['s3:GetObject'], [state.everyObject]),
          // IfExists: asking whether an object is there (404, not 403) has no prefix, and needs the right too.
          allow('ListLaunches', ['s3:ListBucket'], [state.bucket], {
            StringLikeIfExists: { 's3:prefix': `${state.root}*` },
          }),
        ]
      : []),
    // Metrics and alarms by name cannot be narrowed to resources; the region can.
    allow(
      'ReadMetricsAndAlarms',
      ['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms', 'cloudwatch:ListMetrics'],
      ['*'],
      inRegions(scope),
    ),
    ...(distribution
      ? [allow('ReadDistribution', ['cloudfront:GetDistribution', 'cloudfront:GetInvalidation'], [distribution])]
      : []),
    ...(parameter ? [allow('ReadFlagParameter', ['ssm:GetParameter', 'ssm:GetParameterHistory'], [parameter])] : []),
    allow('KnowWhoIAm', ['sts:GetCallerIdentity'], ['*']),
  ]
}

/** A parameter has no condition to write it by: such a flag is driven by people (`cas: false`). */
function writeParameter({ parameter }: Scope): readonly Statement[] {
  return parameter ? [allow('WriteFlagParameter', ['ssm:PutParameter'], [parameter])] : []
}

/** Plans and events are created once, the pointer is replaced as it was read. */
function journal({ state }: Scope): readonly Statement[] {
  if (!state) return []
  return [
    allow('WriteLaunches', ['s3:PutObject'], [state.active, state.plans, state.events, state.told]),
    deny('AppendOnly', ['s3:PutObject'], [state.plans, state.events, state.told], notCreateOnce),
  ]
}

function invalidate({ distribution }: Scope): readonly Statement[] {
  return distribution ? [allow('Invalidate', ['cloudfront:CreateInvalidation'], [distribution])] : []
}

/** What no role of launch may do, whatever else is attached to it. */
function never({ bucket, everyObject, state, flag }: Scope): readonly Statement[] {
  const objects = [everyObject, ...(flag && flag.bucket !== bucket ? [flag.object] : [])]
  const everything = [...objects, ...(state ? [state.everyObject] : [])]
  return [
    deny('NoAcls', ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'], everything),
    deny('NoAclWithAnUpload', ['s3:PutObject'], everything, { Null: { 's3:x-amz-acl': 'false' } }),
    ...(state
      ? [deny('ThePastStays', ['s3:DeleteObject', 's3:DeleteObjectVersion'], [state.plans, state.events])]
      : []),
  ]
}

function flagElsewhere({ bucket, flag }: Scope): readonly string[] {
  return flag && flag.bucket !== bucket ? [flag.object] : []
}

function inRegions({ regions }: Scope) {
  return { StringEquals: { 'aws:RequestedRegion': regions } }
}
