const secret = /TOKEN|SECRET|PASSW(?:OR)?D|KEY|CREDENTIAL|WEBHOOK/i
// These hold where a secret is, not the secret.
const pointer = /_(?:FILE|PATH|DIR|SOCK|ID_FILE)$/i

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secret.test(name) && !pointer.test(name)
}
