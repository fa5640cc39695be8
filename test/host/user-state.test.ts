import { expect, test } from 'vitest'
import { userStateFolder } from '../../src/host/user-state.ts'

test('state of a user is where XDG says, else below the home folder', () => {
  expect(userStateFolder({ XDG_STATE_HOME: '/state', HOME: '/home/ann' })).toBe('/state/launch')
  expect(userStateFolder({ XDG_STATE_HOME: '', HOME: '/home/ann' })).toBe('/home/ann/.local/state/launch')
  expect(userStateFolder({})).toMatch(/^\/.*\/\.local\/state\/launch$/)
})
