import type { Context } from '../context.ts'
import type { Answers, Place } from '../runsheet/starter.ts'
import { text, type Options } from './command.ts'

/** What only people know of a launch, by flags; what no flag says is asked at a terminal, and may be left for later. */
export async function answersOf(context: Context, options: Options): Promise<Answers> {
  const { canAsk } = context
  const asks = canAsk && !context.options.yes && !context.options.json
  const know = async (flag: string, question: string) => {
    const given = text(options, flag)
    if (given !== null || !asks) return given
    return (await context.askLine(question)).trim() || null
  }
  const captain = await know('captain', 'who leads the launch, the captain (Enter: later)')
  const region = (await know('region', 'AWS region of buckets and metrics (Enter: us-east-1)')) ?? 'us-east-1'
  const place = async (name: string, prefix: '' | 'staging'): Promise<Place> => {
    const flag = (word: string) => (prefix === '' ? word : `${prefix}${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    return {
      bucket: await know(flag('bucket'), `S3 bucket of ${name} (Enter: later)`),
      url: await know(flag('url'), `address of ${name}, like https://app.example (Enter: later)`),
      distribution: await know(
        flag('distribution'),
        `CloudFront distribution of ${name}, its id (Enter: later, none: there is none)`,
      ),
    }
  }
  const production = await place('production', '')
  return { captain, region, staging: await place('staging', 'staging'), production, state: context.options.state }
}
