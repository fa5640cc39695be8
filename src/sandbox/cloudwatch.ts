import { gunzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { deleteAlarms, describeAlarms, putCompositeAlarm, putMetricAlarm, setAlarmState } from './alarms.ts'
import { cborError, jsonError } from './aws-error.ts'
import { CloudWatchError } from './cloudwatch-error.ts'
import { GetMetricDataInput } from './cloudwatch-input.ts'
import { getMetricStatistics, listMetrics } from './metric-listing.ts'
import { pageOf } from './metric-page.ts'
import { putMetricData } from './metric-put.ts'
import { runQueries } from './metric-query.ts'
import { metricStore, type MetricStore, type PutDatum } from './metric-store.ts'
import { minuteCache, type MinuteCache } from './minute-cache.ts'
import { parseScenario, throttles } from './scenario.ts'
import type { Service, WireRequest, WireResponse, World } from './types.ts'

/** CloudWatch over AWS JSON 1.0: `POST /` with `X-Amz-Target: GraniteServiceVersion20100801.<Operation>`. */

const target = /^GraniteServiceVersion20100801\.(\w+)$/
const cborPath = /^\/service\/GraniteServiceVersion20100801\/operation\/(\w+)$/
/** AWS takes 1 MB; unpacked bodies are bounded here as well. */
const mostBodyBytes = 16 * 1024 * 1024

type Call = {
  readonly world: World
  readonly account: string
  readonly region: string
  readonly store: MetricStore
  readonly minute: MinuteCache
}
type Operation = (input: unknown, call: Call) => object

const operations: { readonly [name: string]: Operation } = {
  PutMetricData: (input, { world, account }) => putMetricData(input, world, account),
  GetMetricData: getMetricData,
  GetMetricStatistics: (input, { store, world }) => getMetricStatistics(input, store, world.now()),
  ListMetrics: (input, { store }) => listMetrics(input, store),
  PutMetricAlarm: putMetricAlarm,
  PutCompositeAlarm: putCompositeAlarm,
  DescribeAlarms: describeAlarms,
  SetAlarmState: setAlarmState,
  DeleteAlarms: deleteAlarms,
}

function getMetricData(input: unknown, { world, account, store }: Call): object {
  if (throttles(parseScenario(world.scenario), world, account))
    throw new CloudWatchError('ThrottlingException', 'Rate exceeded')
  const query = GetMetricDataInput.parse(input)
  const range = { start: query.StartTime, end: query.EndTime, now: world.now() }
  return pageOf(runQueries(query.MetricDataQueries, range, store), query)
}

/** A CloudWatch that remembers the minutes it played, per world. */
export function createCloudWatch(): Service {
  const memories = new WeakMap<World, Memory>()
  const memoryOf = (world: World): Memory => {
    const known = memories.get(world) ?? { minute: minuteCache(), put: new Map(), read: 0 }
    memories.set(world, known)
    return known
  }
  return async (request, world) => {
    const cbor = cborPath.exec(request.path)?.[1]
    if (cbor !== undefined) return cborError('InvalidAction', `The sandbox speaks AWS JSON 1.0, not CBOR: ${cbor}`)
    const operation =
      request.method === 'POST' && request.path === '/'
        ? target.exec(request.headers['x-amz-target'] ?? '')?.[1]
        : undefined
    if (operation === undefined) return null
    try {
      return answer(perform(operation, request, world, memoryOf(world)))
    } catch (error) {
      if (error instanceof CloudWatchError) return jsonError(error.code, error.message)
      if (error instanceof z.ZodError) return jsonError('ValidationError', problems(error))
      throw error
    }
  }
}

export const cloudwatch: Service = createCloudWatch()

/** The minutes and the put data of one world. */
type Memory = { readonly minute: MinuteCache; readonly put: Map<string, PutDatum[]>; read: number }

function perform(operation: string, request: WireRequest, world: World, memory: Memory): object {
  const { account } = request
  if (account === null)
    throw new CloudWatchError('MissingAuthenticationToken', 'Request is missing Authentication Token')
  const perform = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (!perform) throw new CloudWatchError('InvalidAction', `The sandbox does not implement CloudWatch ${operation}`)
  const { minute, put } = remembered(memory, world)
  return perform(bodyOf(request), {
    world,
    account,
    region: regionOf(request),
    store: metricStore(world, account, minute, put),
    minute,
  })
}

/** Takes in what was put since the last look. */
function remembered(memory: Memory, world: World): Memory {
  // metric-put.ts is the only writer of records of this kind.
  const records = world.records('metric') as readonly PutDatum[]
  for (const datum of records.slice(memory.read)) {
    const known = memory.put.get(datum.key)
    if (known) known.push(datum)
    else memory.put.set(datum.key, [datum])
  }
  memory.read = records.length
  return memory
}

function bodyOf(request: WireRequest): unknown {
  try {
    const zipped = request.headers['content-encoding'] === 'gzip'
    const bytes = zipped ? gunzipSync(request.body, { maxOutputLength: mostBodyBytes }) : Buffer.from(request.body)
    return bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new CloudWatchError(
      'SerializationException',
      `the body is not JSON: ${error instanceof Error ? error.message : ''}`,
    )
  }
}

/** From the scope of the signature: `Credential=KEY/20261201/us-east-1/monitoring/aws4_request`. */
function regionOf({ headers }: WireRequest): string {
  return /Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? 'us-east-1'
}

function problems(error: z.ZodError): string {
  const list = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return `${list.length} validation error${list.length === 1 ? '' : 's'} detected: ${list.join('; ')}`
}

function answer(output: object): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(output),
  }
}
