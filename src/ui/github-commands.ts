/**
 * Workflow commands of GitHub Actions: lines that its runner acts on, on stdout and stderr alike. Escapes as in
 * https://docs.github.com/actions/reference/workflow-commands and the runner's ActionCommand.cs.
 */
export function workflowCommand(
  name: string,
  data: string,
  properties: { readonly [name: string]: string | number } = {},
): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`)
  return `::${name}${listed.length === 0 ? '' : ` ${listed.join(',')}`}::${escapedData(data)}\n`
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

// Nothing is seen of it, and a line with it in this place is no command any more.
const apart = '\u200B'

/** Text that a runner only shows: what comes from a commit, a service or a child program is not for it to act on. */
export function defused(text: string): string {
  return text.replaceAll('##[', `##${apart}[`).replaceAll(/^(\s*):(?=:)/gm, `$1:${apart}`)
}
