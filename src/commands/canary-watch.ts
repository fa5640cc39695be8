import type { Command } from './command.ts'
import { text } from './command.ts'

export const canaryWatch: Command = {
  name: 'canary watch',
  alias: 'monitor',
  group: 'look',
  about: 'follow a canary that another process drives, live from the journal, until it ends; changes nothing',
  options: [
    ['--replay <launch>', 'play a past launch again: its id, or the beginning of it'],
    ['--speed <times>', 'how many times as fast it is played (default: 60x)'],
  ],
  examples: [
    ['launch canary watch', 'in a second terminal, or on another machine with the same state'],
    ['launch canary watch --jsonl', 'the same as JSON lines'],
    ['launch canary watch --replay 01J --speed 600x', 'a launch of last week, an hour in six seconds'],
  ],
  run: async (context, _args, options) => {
    const past = text(options, 'replay')
    if (past !== null) {
      const { replayLaunch, speedOf } = await import('./replay-launch.ts')
      return replayLaunch(context, past, speedOf(text(options, 'speed') ?? '60x'))
    }
    return (await import('./follow-launch.ts')).followLaunch(context)
  },
}
