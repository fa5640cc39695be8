import type { z } from 'zod'
import type { DeployPlan, Environment, Freeze, LaunchWindow, MetricPlan, NotifyPlan, Plan } from '../core/plan.ts'
import { compilePhases, type CompileOptions } from './compile-phases.ts'
import { instantOf, parseLocal } from './local-time.ts'
import type { LoadedSheet } from './load.ts'
import { withDurations } from './planned-durations.ts'
import type { RunSheet } from './schema.ts'
import type { Environment as SheetEnvironment } from './sections/environments.ts'
import type { Metric } from './sections/metrics.ts'
import { withoutTrailing } from '../core/without-trailing.ts'

/**
 * Makes the plan of a run sheet: every name resolved, every default filled in, times as instants. Pure; the same sheet
 * gives the same plan. Throws LaunchError USAGE when `canaryStages` make no sense.
 */
export function compilePlan(loaded: LoadedSheet, options: CompileOptions = {}): Plan {
  const { sheet } = loaded
  const environments = Object.fromEntries(
    Object.entries(sheet.environments).map(([name, item]) => [name, environmentOf(name, item)]),
  )
  const metrics = Object.fromEntries(Object.entries(sheet.metrics).map(([id, item]) => [id, metricOf(id, item)]))
  const phases = withDurations(compilePhases(loaded, options), metrics, environments)
  const steps = phases.flatMap((phase) => phase.steps)
  return {
    schema: 1,
    app: sheet.app,
    title: sheet.title ?? sheet.app,
    captain: sheet.captain,
    window: windowOf(sheet.window),
    freezes: sheet.freezes.map(freezeOf),
    environments,
    build: sheet.build ? buildOf(sheet.build) : null,
    ...(sheet.deploy ? { deploy: deployOf(sheet.deploy) } : {}),
    smoke: sheet.smoke ? { run: sheet.smoke.run, cwd: sheet.smoke.cwd, timeoutMs: sheet.smoke.timeout } : null,
    flag: flagOf(sheet.flag),
    metrics,
    phases,
    rollback: rollbackOf(sheet.rollback),
    approvals: sheet.approvals.map(({ role, statement, name }) => ({ role, statement, name: name ?? null })),
    contacts: sheet.contacts,
    channels: Object.fromEntries(
      Object.entries(sheet.channels).map(([id, { name, webhook }]) => [
        id,
        { name, webhookEnv: webhook?.slice('${env:'.length, -1) ?? null },
      ]),
    ),
    escalation: sheet.escalation.map((level) => ({ ...level, channel: level.channel ?? null })),
    ...(sheet.notify ? { notify: notifyOf(sheet.notify) } : {}),
    report: { ...sheet.report, adoption: sheet.report.adoption ?? null },
    plannedMs: steps.reduce((total, { plannedMs = 0 }) => total + plannedMs, 0),
  }
}

/** As of `buildOf`: who is not named and not held back is not spoken of. */
function flagOf({ key, store, include = [], exclude = [], holdback = 0 }: RunSheet['flag']): Plan['flag'] {
  const isPlain = include.length + exclude.length === 0 && holdback === 0
  return { key, store, ...(isPlain ? {} : { audience: { include, exclude, holdbackPercent: holdback } }) }
}

function windowOf(window: RunSheet['window']): LaunchWindow | null {
  if (!window) return null
  const opensAt = instantOf(wallTime(window.opens), window.timezone)
  return { opensAt, closesAt: opensAt + window.lasts, timezone: window.timezone }
}

function freezeOf(freeze: RunSheet['freezes'][number]): Freeze {
  const { timezone, why } = freeze
  return {
    fromAt: instantOf(wallTime(freeze.from), timezone),
    toAt: instantOf(wallTime(freeze.to), timezone),
    timezone,
    why,
  }
}

function wallTime(text: string): number {
  const local = parseLocal(text)
  if (local === null) throw new Error(`"${text}" is no local time although the schema let it pass`)
  return local
}

function environmentOf(name: string, item: z.infer<typeof SheetEnvironment>): Environment {
  return {
    name,
    account: item.account ?? null,
    region: item.region,
    profile: item.profile ?? null,
    role: item.role ?? null,
    bucket: item.bucket,
    distribution: item.distribution ?? null,
    url: withoutTrailing('/', item.url),
    health: item.health,
  }
}

/** What the sheet does not say is left out: the plan of a sheet without it is the plan of versions that did not know it. */
function buildOf(sheet: NonNullable<RunSheet['build']>): Plan['build'] {
  const { timeout, probe, budget, sourceMaps, dotfiles, elsewhere, ...build } = sheet
  return {
    ...build,
    timeoutMs: timeout,
    ...(probe ? { probe } : {}),
    ...(budget === undefined ? {} : { budgetBytes: budget }),
    ...(sourceMaps ? { sourceMaps } : {}),
    ...(dotfiles ? { dotfiles } : {}),
    ...(elsewhere ? { elsewhere } : {}),
  }
}

function notifyOf({ updates, hosts, report, dashboard, page }: NonNullable<RunSheet['notify']>): NotifyPlan {
  return {
    ...(updates === undefined ? {} : { updates }),
    ...(hosts.length === 0 ? {} : { hosts: hosts.map((host) => host.toLowerCase()) }),
    ...(report === undefined ? {} : { report }),
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(page
      ? {
          page: {
            kind: page.kind,
            keyEnv: page.key.slice('${env:'.length, -1),
            ...(page.url ? { url: page.url } : {}),
          },
        }
      : {}),
  }
}

function deployOf(sheet: NonNullable<RunSheet['deploy']>): DeployPlan {
  const { verify, errorPages, openBucket, keep, keepFor, removeForeign } = sheet
  return {
    ...(verify ? { verify } : {}),
    ...(errorPages ? { errorPages } : {}),
    ...(openBucket ? { openBucket } : {}),
    ...(keep === undefined ? {} : { keep }),
    ...(keepFor === undefined ? {} : { keepForMs: keepFor }),
    ...(removeForeign ? { removeForeign } : {}),
  }
}

function metricOf(id: string, item: z.infer<typeof Metric>): MetricPlan {
  return {
    id,
    namespace: item.namespace,
    name: item.name,
    dimensions: item.dimensions,
    variant: item.variant ?? null,
    lagMs: item.lag,
    periodMs: item.resolution,
    sparse: item.sparse === true ? 'requests' : (item.sparse ?? null),
    region: item.region ?? null,
  }
}

function rollbackOf({ budget, matrix }: RunSheet['rollback']): Plan['rollback'] {
  return {
    budgetMs: budget,
    matrix: matrix.map(({ issue, severity, action, command, onFail }) => ({
      issue,
      severity,
      action,
      command,
      onFail: onFail ?? 'emergency',
    })),
  }
}
