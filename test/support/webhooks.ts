import { text } from 'node:stream/consumers'
import { localServer } from './local-server.ts'

export type Posted = {
  readonly path: string
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  /** As it was sent; a message of a chat is in `text`. */
  readonly body: { readonly text?: string; readonly [field: string]: unknown }
}

export type Webhooks = AsyncDisposable & {
  readonly url: string
  readonly posted: readonly Posted[]
  /** Texts that were taken at a path. */
  taken(path: string): readonly string[]
}

/** A chat and a pager on this machine. `answer` gives the status of the n-th request (from 1) to a path, or never answers. */
export async function webhooks(answer: (path: string, n: number) => number | 'never' = () => 200): Promise<Webhooks> {
  const posted: Posted[] = []
  const server = await localServer(async (incoming, outgoing) => {
    const path = incoming.url ?? ''
    const body: Posted['body'] = JSON.parse(await text(incoming))
    const status = answer(path, posted.filter((one) => one.path === path).length + 1)
    posted.push({ path, status: status === 'never' ? 0 : status, headers: incoming.headers, body })
    if (status === 'never') return
    // Where a redirect leads to would be seen as one more request.
    outgoing.writeHead(status, { location: '/redirected' }).end('ok')
  })
  return {
    url: server.url,
    posted,
    taken: (path) => posted.filter((one) => one.path === path && one.status === 200).map(({ body }) => body.text ?? ''),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
