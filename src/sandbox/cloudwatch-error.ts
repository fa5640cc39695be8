/** A refusal in CloudWatch's own code and words; everything else that is thrown becomes an InternalServiceFault. */
export class CloudWatchError extends Error {
  override readonly name = 'CloudWatchError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function validationError(message: string): CloudWatchError {
  return new CloudWatchError('ValidationError', message)
}

/** For what AWS does and this endpoint does not. */
export function notPlayed(what: string): CloudWatchError {
  return validationError(`${what} is not supported by the sandbox`)
}
