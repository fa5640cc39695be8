import type { Parameters } from '../../src/core/ports.ts'
import { parameterFlagStore } from '../../src/flags/ssm.ts'
import type { FlagStoreUnderTest, Trouble } from '../contract/flag-store.contract.ts'
import { edited } from './document-store-over.ts'
import { never } from './real-time.ts'

/** A flag in a parameter of its own; `troubled` gives the same parameters in trouble, or null. */
export function parameterStoreOver(
  parameters: Parameters,
  name: string,
  troubled: (kind: Trouble) => Parameters | null,
): FlagStoreUnderTest {
  const open = (over: Parameters) => parameterFlagStore({ name, pollMs: 1000, flagKey: 'board', parameters: over })
  const spoil = async (text: string) => void (await parameters.put(name, text, 'overwrite', never))
  return {
    open: () => open(parameters),
    spoil,
    edit: async () => spoil(edited((await parameters.get(name, never))?.value ?? '')),
    troubled: (kind) => {
      const over = troubled(kind)
      return over === null ? null : open(over)
    },
  }
}
