/** Seeds that once found something, and what: every run of the suite begins with them. */
export const regressions: readonly { readonly seed: number; readonly found: string }[] = []
