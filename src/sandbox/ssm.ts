import { jsonError } from './aws-error.ts'
import type { WireRequest, WireResponse, World } from './types.ts'

/** One write of a parameter, as the world remembers it. */
type Written = { readonly account: string; readonly name: string; readonly value: string; readonly at: number }

const kind = 'parameter'
/** Of the standard tier. */
const longestValue = 4096

const operations = new Set(['GetParameter', 'PutParameter', 'GetParameterHistory'])

/** SSM parameters in AWS JSON 1.1: GetParameter, PutParameter, GetParameterHistory. Null for other operations. */
export function ssm(world: World): (request: WireRequest) => WireResponse | null {
  return (request) => {
    const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
    if (!operations.has(operation)) return null
    const input = parse(request.body)
    if (request.account === null) return jsonError('AccessDeniedException', 'Access Denied')
    const name = text(input, 'Name')
    const versions = written(world).filter((one) => one.account === request.account && one.name === name)
    if (operation === 'PutParameter') return put(world, request.account, input, versions)
    if (versions.length === 0) return jsonError('ParameterNotFound', '')
    const parameters = versions.map(({ value, at }, index) => ({
      Name: name,
      Type: 'String',
      Value: value,
      Version: index + 1,
      LastModifiedDate: at / 1000,
    }))
    return operation === 'GetParameter' ? json({ Parameter: parameters.at(-1) }) : json({ Parameters: parameters })
  }
}

function put(world: World, account: string, input: object, versions: readonly Written[]): WireResponse {
  const [name, value] = [text(input, 'Name'), text(input, 'Value')]
  if (name === '' || value === '') return jsonError('ValidationException', 'Name and Value are required')
  if (Buffer.byteLength(value) > longestValue)
    return jsonError(
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters.',
    )
  const overwrite = 'Overwrite' in input && input.Overwrite === true
  if (versions.length > 0 && !overwrite)
    return jsonError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  world.append(kind, { account, name, value, at: world.now() } satisfies Written)
  return json({ Version: versions.length + 1, Tier: 'Standard' })
}

function written(world: World): readonly Written[] {
  return world.records(kind).filter(isWritten)
}

function isWritten(record: unknown): record is Written {
  return typeof record === 'object' && record !== null && 'account' in record && 'name' in record && 'value' in record
}

function json(body: object): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }
}

function parse(body: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

function text(input: object, name: string): string {
  const value: unknown = Reflect.get(input, name)
  return typeof value === 'string' ? value : ''
}
