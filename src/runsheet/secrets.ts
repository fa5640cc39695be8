/** What credentials look like: issuers' own documented prefixes. A run sheet only ever names environment variables. */
const looks = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, // AWS access key ids (IAM unique identifier prefixes)
  /\bgh[pousr]_[A-Za-z0-9]{36,}/, // GitHub tokens
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/, // Slack tokens
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]+/, // Slack webhook addresses are credentials
  /\bsk_live_[A-Za-z0-9]{16,}/, // Stripe
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // JSON Web Tokens; from the beginning of their word, or each of many `eyJ-` would look through all behind it.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
] as const

export function looksSecret(text: string): boolean {
  return looks.some((look) => look.test(text))
}

/** The same text, of the same length, with everything that looks like a credential hidden. */
export function masked(text: string): string {
  return looks.reduce((left, look) => left.replaceAll(new RegExp(look, 'g'), (found) => '•'.repeat(found.length)), text)
}
