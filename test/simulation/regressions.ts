/**
 * Seeds that once found something, and what. A seed tells another story once the code or the world changes; the mutants
 * `opened-by-halves` and `rolled-back-by-name` keep looking for these two.
 */
export const regressions: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 491, found: 'a launch was opened whose plan was never written: nobody could resume it' },
  { seed: 2231, found: 'a slow rollback was journaled in the launch after it, which ended with users at 10 %' },
]
