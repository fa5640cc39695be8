import { z } from 'zod'
import { Text } from './names.ts'

/** A place a release is deployed to. `${env:NAME}` may stand in account, profile, role, bucket, distribution and url. */
export const Environment = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account has twelve digits; write it in quotes')
    .optional()
    .describe('AWS account, in quotes; credentials of another one are refused'),
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'this is not an AWS region; write one like us-east-1')
    .describe('AWS region of bucket and metrics: us-east-1'),
  profile: Text.optional().describe('profile of the AWS configuration to sign in with'),
  role: z
    .string()
    .startsWith('arn:', 'a role is named by its ARN; write arn:aws:iam::111111111111:role/name')
    .optional()
    .describe('ARN of the role to assume'),
  bucket: Text.describe('S3 bucket that holds the site'),
  distribution: Text.optional().describe('id of the CloudFront distribution in front of the bucket'),
  url: z
    .string()
    .refine(isWebAddress, {
      error: (issue) => `"${String(issue.input)}" is not a web address; write it like https://app.example`,
    })
    .describe('address users see, without a path'),
  health: z
    .array(z.string().startsWith('/', 'a health path starts with a slash'))
    .default(['/'])
    .describe('paths that have to answer 200'),
})

function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  )
}
