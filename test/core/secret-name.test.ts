import { expect, test } from 'vitest'
import { isSecretName } from '../../src/core/secret-name.ts'

test('what a variable is called says whether it holds a secret, or only where one is', () => {
  expect(['NPM_TOKEN', 'db_password', 'SLACK_WEBHOOK', 'API_KEY'].filter(isSecretName)).toHaveLength(4)
  expect(['VITE_BOARD', 'NODE_ENV', 'SSH_KEY_PATH', 'TOKEN_FILE'].filter(isSecretName)).toEqual([])
})
