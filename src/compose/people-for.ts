import type { Context, PortsOrder } from '../context.ts'
import type { Actor } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { People } from '../core/ports.ts'
import { terminalPeople } from '../host/prompt.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import { firstOf, nobody, playedPeople, signed, unsigned, yesPeople } from './people.ts'

type Asked = {
  readonly plan: Plan
  readonly actor: Actor
  readonly at: Parameters<typeof terminalPeople>[0]
  readonly sandbox: Sandbox | null
}

/** Who answers what a launch asks: those the sandbox plays, `--yes`, and the person at this terminal. */
export function peopleFor(
  { options, canAsk, signer }: Pick<Context, 'options' | 'canAsk' | 'signer'>,
  { people: mode, introduce }: PortsOrder,
  { plan, actor, at, sandbox }: Asked,
): People {
  const yes = options.yes ? [yesPeople(actor.name, mode === 'auto')] : []
  if (mode === 'auto') {
    return sandbox
      ? playedPeople(
          sandbox.config.scenario,
          plan.approvals.map(({ role }) => role),
        )
      : firstOf(yes)
  }
  const signing = signed(terminalPeople(at, actor.name, introduce), () => signer(plan))
  const person = canAsk ? [options.skipUat ? unsigned(signing) : signing] : []
  // In the sandbox a single command's confirmation is played when nobody can be asked: nothing real can change.
  const played = sandbox && mode === 'step' && person.length === 0 ? [yesPeople('sandbox:release-captain', false)] : []
  return firstOf([...yes, ...person, ...played, nobody])
}
