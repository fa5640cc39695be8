import { test } from 'vitest'
import { killedAfter, resumes } from '../support/killed-launch.ts'
import { launchProject } from '../support/launch-project.ts'

const moments: readonly (readonly [string, RegExp])[] = [
  ['right after it was opened', /"type":"launch-opened"/],
  ['while it builds', /"step-intended","step":"staging\/build"/],
  ['while it deploys to staging', /"step-intended","step":"staging\/deploy"/],
  ['after the deploy to staging', /"step-done","step":"staging\/deploy"/],
  ['in the smoke test', /"step-intended","step":"staging\/smoke"/],
  ['before the go decision', /"phase-started","phase":"rollout"/],
  ['while it deploys to production', /"step-intended","step":"rollout\/deploy"/],
  ['after the deploy to production', /"step-done","step":"rollout\/deploy"/],
  ...[10, 30, 50, 100].flatMap((percent): readonly (readonly [string, RegExp])[] => [
    [`about to raise the flag to ${percent} %`, new RegExp(`"flag-intended".*"percent":${percent},`)],
    [`with the flag just raised to ${percent} %`, new RegExp(`"flag-set","percent":${percent},`)],
    [`with ${percent} % seen at the edge`, new RegExp(`"flag-confirmed","percent":${percent},`)],
    [`after its first look at ${percent} %`, new RegExp(`"gate-judged".*"key":"rollout/canary@${percent}"`)],
    [`about to leave ${percent} %`, new RegExp(`"stage-left".*"percent":${percent},`)],
  ]),
  ['at the beginning of the full rollout', /"phase-started","phase":"full"/],
  ['in the watch after it', /"gate-judged".*"key":"verify\/monitor"/],
  ['while it writes the report', /"step-intended","step":"closeout\/report"/],
]

test.concurrent.each(moments)('a launch killed %s is finished by resume', async (_, moment) => {
  await using project = await launchProject()
  await killedAfter(project, moment)
  await resumes(project)
})
