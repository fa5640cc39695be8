import { expect, test } from 'vitest'
import { awsEnvironment } from '../../src/aws/environment.ts'
import { signed } from '../../src/compose/people.ts'
import { signedBy } from '../../src/compose/signer.ts'
import type { Question } from '../../src/core/ports.ts'
import { awsServer, queryFault, type AwsReply } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const identity: AwsReply = {
  status: 200,
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:sts::222222222222:assumed-role/qa/ann</Arn><UserId>AROA:ann</UserId><Account>222222222222</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`,
}

test('a sign-off carries whom AWS takes its author for, and only the name where AWS refuses to say', async () => {
  await using knows = await awsServer(() => identity)
  await using refuses = await awsServer(() => queryFault(403, 'AccessDenied'))
  const by = (endpoint: string) => signedBy('ann', awsEnvironment(emulated(endpoint), hurriedRetries), never)

  expect(await by(knows.endpoint)).toBe('ann (arn:aws:sts::222222222222:assumed-role/qa/ann)')
  expect(await by(refuses.endpoint)).toBe('ann')
})

test('at the terminal a sign-off is kept under the name that stands for it, every other answer under the name of who typed', async () => {
  const typed = { ask: async () => ({ answer: 'yes', by: 'ann', via: 'terminal', note: '' }) as const }
  const people = signed(typed, async () => 'ann (arn:aws:iam::1:user/ann)')
  const approval: Question = { type: 'approval', id: 'a', role: 'qa-lead', statement: 's' }
  const go: Question = { type: 'go', id: 'go', text: 'go?' }

  expect((await people.ask(approval, never))?.by).toBe('ann (arn:aws:iam::1:user/ann)')
  expect((await people.ask(go, never))?.by).toBe('ann')
  const silent = signed({ ask: async () => null }, async () => 'nobody')
  expect(await silent.ask(approval, never)).toBeNull()
})
