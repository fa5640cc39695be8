import type { Context } from '../context.ts'
import type { Finding } from '../ui/doctor.ts'
import { launchVersion, oldestNode } from '../version.ts'
import { looked } from './doctor.ts'

/** This machine: what runs launch, who is before it, and what it is released from. */
export async function lookAtMachine(context: Context): Promise<readonly Finding[]> {
  const machine = await context.machine()
  return Promise.all([
    looked(context, { id: 'node' }, () => Promise.resolve(nodeFinding(machine.node))),
    looked(context, { id: 'terminal' }, () => Promise.resolve(terminalFinding(context))),
    looked(context, { id: 'you' }, async () => ({ detail: (await context.actor()).name })),
    looked(context, { id: 'git', otherwise: 'warn' }, async (signal) => {
      const [missing] = await machine.lacks(['git'])
      if (missing !== undefined)
        return { verdict: 'warn', detail: 'not installed', hint: 'a launch releases a commit: install git' }
      const facts = await machine.git(signal)
      if (facts === null)
        return {
          verdict: 'warn',
          detail: 'no checkout with a commit here',
          hint: 'the sandbox plays one; outside of it a launch releases a commit: git init, commit',
        }
      const where = `${facts.tags[0] ?? facts.branch ?? 'a detached HEAD'} at ${facts.commit.slice(0, 7)}`
      if (facts.clean) return { detail: `${where}, clean` }
      return { verdict: 'warn', detail: `${where}, with uncommitted changes`, hint: 'what is released is the commit' }
    }),
  ])
}

/** `node` against the oldest that is supported, number by number. */
export function nodeFinding(node: string): Pick<Finding, 'detail'> & Partial<Finding> {
  const [has, wants] = [node, oldestNode].map((text) => text.split('.').map(Number))
  const at = [0, 1, 2].find((i) => has?.[i] !== wants?.[i])
  const isOld = at !== undefined && !((has?.[at] ?? 0) > (wants?.[at] ?? 0))
  const detail = `${node}, launch ${launchVersion}`
  return isOld ? { verdict: 'fail', detail, hint: `Node ${oldestNode} or newer is needed` } : { detail }
}

function terminalFinding({ output, canAsk, env }: Context): Pick<Finding, 'detail'> & Partial<Finding> {
  const { isTTY, live, colorLevel, unicode, columns, rows } = output.err.terminal
  const size = isTTY ? `${columns} by ${rows}` : 'none: lines are written one below the other'
  const colours = ['no colour', '16 colours', '256 colours', 'all colours'][colorLevel] ?? ''
  const detail = [size, colours, unicode ? 'Unicode' : 'ASCII', canAsk ? 'can be asked' : 'asks nothing'].join(', ')
  if (isTTY && !unicode)
    return { verdict: 'warn', detail, hint: `symbols are written in ASCII: LANG is "${env['LANG'] ?? ''}", not UTF-8` }
  if (isTTY && !live)
    return { verdict: 'warn', detail, hint: 'TERM=dumb: nothing is repainted, lines are written one below the other' }
  if (isTTY && columns < 60) return { verdict: 'warn', detail, hint: 'lines are cut or wrapped below 60 columns' }
  return { detail }
}
