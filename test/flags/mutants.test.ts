import { expect, test } from 'vitest'
import { flagStoreRules } from '../contract/flag-store.contract.ts'
import { flagStoreMutants } from '../contract/flag-store.mutants.ts'

/** The suite itself shows on every store that its rules bite. */
test('every rule of the contract for flag stores has a store that breaks it', () => {
  expect(Object.keys(flagStoreMutants)).toEqual(flagStoreRules.map(({ sentence }) => sentence))
})
