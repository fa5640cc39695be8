type Env = { readonly [name: string]: string | undefined }

/** The CI system this process runs on, as far as launch has something to say to it. */
export type CiFacts =
  | {
      readonly kind: 'github'
      /** Files that the runner reads when the step is over; null where it names none. */
      readonly summaryFile: string | null
      readonly outputFile: string | null
      /** Paths of annotations are relative to it. */
      readonly workspace: string | null
    }
  | { readonly kind: 'gitlab'; readonly workspace: string | null }

/** GitHub Actions and GitLab say themselves who they are (default variables of both); null on everything else. */
export function ciOf(env: Env): CiFacts | null {
  if (env['GITHUB_ACTIONS'] === 'true') {
    return {
      kind: 'github',
      summaryFile: env['GITHUB_STEP_SUMMARY'] || null,
      outputFile: env['GITHUB_OUTPUT'] || null,
      workspace: env['GITHUB_WORKSPACE'] || null,
    }
  }
  return env['GITLAB_CI'] === 'true' ? { kind: 'gitlab', workspace: env['CI_PROJECT_DIR'] || null } : null
}
