import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where launch keeps what belongs to this user of this machine, by the XDG base directory specification. */
export function userStateFolder(env: { readonly [name: string]: string | undefined }): string {
  return join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'launch')
}
