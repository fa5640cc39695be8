import type { AwsEnvironment } from '../aws/environment.ts'

/** A sign-off does not wait longer than this (real ms) for AWS to say who signs. */
const identityMs = 1500

/** A name, and where AWS answers quickly, as whom: a name in a git configuration proves nothing. Throws only when stopped. */
export async function signedBy(
  name: string,
  aws: Pick<AwsEnvironment, 'caller'>,
  signal: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(identityMs)])
  const late = new Promise<null>((resolve) => limit.addEventListener('abort', () => resolve(null), { once: true }))
  const asked = aws
    .caller(limit)
    .then(({ arn }) => arn)
    .catch(() => null)
  const arn = await Promise.race([asked, late])
  signal.throwIfAborted()
  return arn === null ? name : `${name} (${arn})`
}
