import type { ServedWorld } from '../compose/sandbox-control.ts'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { text, type Command } from './command.ts'
import { linesFor, nothingToTryDry } from './say.ts'

/** Any would do. What is exported as a secret is masked in all output, so it is nothing that is ever said. */
const madeUpSecret = 'made-up-3f9c1e7a5b2d'

export const sandboxServe: Command = {
  name: 'sandbox serve',
  group: 'set up',
  about:
    'host the sandbox until Ctrl-C: the AWS endpoint and the sites, for launches of other terminals and for other clients',
  options: [['--speed <n>', 'so many times as fast as real time (default: 1)']],
  examples: [
    [
      'launch sandbox serve --speed 60',
      'a minute a second; launch auto --sandbox --keep in another terminal plays in it',
    ],
    ['launch sandbox serve --scenario slow@30', 'with a scenario'],
  ],
  run: async (context, _args, options) => {
    nothingToTryDry(
      context,
      'sandbox serve',
      'launch sandbox reset --dry-run says what is there; launch plan says what would be played',
    )
    const speed = Number(text(options, 'speed') ?? '1')
    if (!Number.isFinite(speed) || speed <= 0)
      throw new LaunchError('USAGE', `--speed "${text(options, 'speed')}" is not a number above 0`)
    const { plan, states } = await context.project()
    const { scenario, scenarioNamed, seed } = context.options
    const control = await context.sandboxControl()
    // `sandbox` commands are always about a sandbox, so there is a scenario.
    const world = await control.serve({ plan, states, scenario: scenario ?? 'healthy', scenarioNamed, seed, speed })
    try {
      await announce(context, plan, world, speed)
      await aborted(context.signal)
    } finally {
      await world.close()
    }
    return {
      outcome: 'succeeded',
      // With --json its document stands for it, and --jsonl has streamed that.
      text: context.options.jsonl ? '' : 'stopped; the world stays as it is until launch sandbox reset',
      document: { apiUrl: world.apiUrl, siteUrls: world.siteUrls, scenario: world.scenario, seed: world.seed, speed },
    }
  },
}

async function announce(context: Context, plan: Plan, world: ServedWorld, speed: number): Promise<void> {
  const { apiUrl, siteUrls, scenario, seed } = world
  const { options, output } = context
  if (options.json || options.jsonl) {
    // With --json the document comes at the end, which is too late for whoever wants to use what is served.
    return (options.jsonl ? output.out : output.err).writeJson({
      type: 'serving',
      apiUrl,
      siteUrls,
      scenario,
      seed,
      speed,
    })
  }
  const [{ table }, { dateTime }] = await Promise.all([import('../ui/text.ts'), import('../ui/format.ts')])
  const sites = Object.entries(siteUrls).map(([name, url]) => [name, url, `as ${plan.environments[name]?.url ?? name}`])
  const production = plan.environments['production']
  const keys = `AWS_ACCESS_KEY_ID=SANDBOX${production?.account ?? ''} AWS_SECRET_ACCESS_KEY=${madeUpSecret}`
  const lines = [
    `sandbox of ${plan.app}: scenario ${scenario}, seed ${seed}, ${speed} times real time, now ${dateTime(world.now())}`,
    '',
    ...table([['AWS', apiUrl, 'S3, CloudFront, CloudWatch, STS'], ...sites]),
    '',
    'for other AWS clients:',
    `  export AWS_ENDPOINT_URL=${apiUrl} ${keys} AWS_REGION=${production?.region ?? 'us-east-1'}`,
    'for a launch in another terminal of this folder:',
    '  launch auto --sandbox --keep',
    '',
    'Ctrl-C ends it.',
  ]
  output.out.write(linesFor(context, lines))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
