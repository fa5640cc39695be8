import type { Question } from '../../src/core/ports.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { metricsOf } from './metrics.ts'
import { mustTurnOff } from './turn-off.ts'
import type { Process } from './process.ts'
import { owedSpoolOf } from './spools.ts'
import { builtFiles, flagOf, objectsOf, siteOf, type World } from './world.ts'

export type Party = { readonly commit: string; readonly guided: boolean; readonly launch: () => string }

/** Everything the engine needs, as one process of this world has it. */
export function enginePorts(world: World, process: Process, party: Party): EnginePorts {
  const files = builtFiles(siteOf(party.commit))
  const { random, counters } = world
  return {
    clock: process.clock,
    random: world.ids,
    wait: process.wait,
    exec: {
      run: async (_request, signal) => {
        world.builds.set(party.launch(), (world.builds.get(party.launch()) ?? 0) + 1)
        world.trace.add(world.scheduler.nowMs, `${process.name} runs make`)
        await process.wait(random.int(10, 20_000), signal)
        return { exitCode: 0, timedOut: false, ms: 5, tail: 'done\n' }
      },
      which: async (names) => names[0] ?? null,
    },
    http: world.edge.httpOf(process),
    files: {
      tree: async () => files,
      read: async (path) => files.find((file) => `dist/${file.path}` === path)?.body ?? null,
      write: async () => {},
    },
    objects: (environment) => objectsOf(world, process, environment),
    cdn: () => null,
    flag: (environment) => flagOf(world, process, environment),
    childEnv: (environment) => ({ LAUNCH_ENV: environment }),
    log: () => {},
    report: async () => 'reports/launch.md',
    people: {
      ask: async (question, signal) => {
        await process.wait(party.guided ? random.int(1000, 90_000) : 1, signal)
        const answer = answerTo(question, world)
        counters.add(`asked ${question.type}: ${answer ?? 'nobody'}`)
        return answer && { answer, by: 'captain', via: party.guided ? 'terminal' : '--yes', note: '' }
      },
    },
    metrics: metricsOf(process, world, world.traffic, (window) => mustTurnOff(world, process, party.launch(), window)),
    identity: async () => ({ account: '1', arn: `arn:${process.name}`, rights: [] }),
    git: async () => ({ commit: party.commit, branch: 'release/1', tags: [], clean: true, played: false }),
    actorName: process.name,
    ...(world.swarm.disk ? { spool: owedSpoolOf(world, process) } : {}),
  }
}

function answerTo(question: Question, { random, swarm }: World): 'yes' | 'no' | null {
  if (random.chance(swarm.absent)) return null
  // What a person mended or not, they give up on it some time.
  if (question.type === 'failed') return random.chance(0.5) ? 'yes' : random.pick(['no', null])
  if (question.type === 'held') return random.pick(question.promotable ? ['yes', 'no', null] : ['no', null])
  return random.chance(swarm.noSayer) ? 'no' : 'yes'
}
