import type { FlagPorts } from '../../src/flags/define.ts'

const none = () => Promise.reject(new Error('no such service in this test'))

/** The ports of a flag store that a test does without. */
export const noServices: Pick<FlagPorts, 'api' | 'environment' | 'secret' | 'parameters'> = {
  environment: 'production',
  api: { send: none },
  secret: () => null,
  parameters: { get: none, put: none, history: none },
}
