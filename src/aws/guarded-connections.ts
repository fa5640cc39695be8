import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import type { LaunchError } from '../core/errors.ts'
import { timeouts, type CredentialsProvider } from './clients.ts'
import { refusalOf, type AllowedEndpoints } from './endpoint.ts'

export type GuardedConnections = {
  /** What the SDK's credential providers hand to every client they make. */
  readonly requestHandler: {
    readonly connectionTimeout: number
    readonly httpAgent: HttpAgent
    readonly httpsAgent: HttpsAgent
  }
  /** A provider that says ENDPOINT_REFUSED where one of its clients was refused a connection: the SDK would say something else, or go on. */
  readonly refusing: (provider: CredentialsProvider) => CredentialsProvider
}

/**
 * Connections for the clients that the SDK's credential providers make by themselves, for STS, SSO and sign-in: not all of them
 * take middleware, but all take these. Refused is a host outside AWS, whatever variable or profile it came from.
 */
export function guardedConnections(allowed: AllowedEndpoints): GuardedConnections {
  const seen: { refusal: LaunchError | null } = { refusal: null }
  const refuse = (protocol: string, host: string) => {
    // Connections are made to addresses without the brackets that URLs have.
    const hostname = host.includes(':') ? `[${host}]` : host
    const refusal = refusalOf({ protocol, hostname }, allowed)
    seen.refusal ??= refusal
    return refusal
  }
  return {
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      httpAgent: guardedAgent(new HttpAgent(), (host) => refuse('http:', host)),
      httpsAgent: guardedAgent(new HttpsAgent(), (host) => refuse('https:', host)),
    },
    refusing: (provider) => async () => {
      seen.refusal = null
      const keys = await provider().catch((error: unknown) => {
        throw seen.refusal ?? error
      })
      // A token that could not be renewed may be good for some minutes more: the SDK goes on with it and says nothing.
      if (seen.refusal !== null) throw seen.refusal
      return keys
    },
  }
}

function guardedAgent<A extends HttpAgent>(agent: A, refuse: (host: string) => Error | null): A {
  const connect = agent.createConnection.bind(agent)
  return Object.assign(agent, {
    createConnection: (
      options: Parameters<typeof connect>[0],
      done?: (error: Error | null, socket?: Duplex) => void,
    ) => {
      const refusal = refuse(options.host ?? '')
      if (refusal === null) return connect(options, done)
      done?.(refusal)
      return undefined
    },
  })
}
