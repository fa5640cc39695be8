import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { LiveContact, LiveGate } from '../ui/live/model.ts'

/** Most screens have room for so many. */
const most = 3

/** Whom to call: who answers for the checks that do not pass, then the captain, then whoever is on call. */
export function contactsOf(plan: Plan, gate: LiveGate | null): readonly LiveContact[] {
  const open = (gate?.checks ?? []).filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
  const owners = open.flatMap(({ id }) => ownerOf(plan, id) ?? [])
  const wanted = [...owners.map(slug), 'captain', 'on-call', 'sre']
  const found = wanted.flatMap((role) => plan.contacts.filter((contact) => slug(contact.role).includes(role)))
  return [...new Set(found)].slice(0, most).map(({ role, name, contact }) => ({
    role,
    name: name.trim() === '' && slug(role).includes('captain') ? plan.captain : name,
    contact,
  }))
}

function ownerOf(plan: Plan, check: string): string | undefined {
  const checks = plannedGates(plan).flatMap((gate) => gate.checks)
  return checks.find(({ id }) => id === check)?.spec.owner
}

/** `SRE / DevOps` → `sre-devops`: run sheets write roles both ways. */
function slug(role: string): string {
  return role
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
