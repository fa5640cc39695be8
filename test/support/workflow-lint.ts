import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'

/** What is wrong with a workflow or an action of GitHub, as far as it can be told without GitHub. */
export function workflowProblems(text: string): readonly string[] {
  const document = parseDocument(text, { version: '1.2' })
  if (document.errors.length > 0) return document.errors.map(({ message }) => message)
  const workflow = record(document.toJS())
  return 'runs' in workflow ? actionProblems(workflow) : [...topProblems(workflow), ...pinProblems(text)]
}

type Tree = { readonly [key: string]: unknown }

// Keys of "Workflow syntax for GitHub Actions" and "Metadata syntax reference".
const keys = {
  workflow: 'name run-name on permissions env defaults concurrency jobs',
  job:
    'name permissions needs if runs-on environment concurrency outputs env defaults steps timeout-minutes strategy ' +
    'continue-on-error container services uses with secrets',
  step: 'id if name uses run working-directory shell with env continue-on-error timeout-minutes',
  permission:
    'actions attestations checks contents deployments discussions id-token issues packages pages pull-requests ' +
    'security-events statuses',
  event: 'workflow_dispatch schedule push pull_request workflow_call',
  action: 'name author description branding inputs outputs runs',
} as const
const contexts = [
  'github',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
]
const functions = ['cancelled', 'always', 'success', 'failure', 'contains', 'format', 'hashFiles', 'fromJSON', 'toJSON']

function topProblems(workflow: Tree): readonly string[] {
  const jobs = Object.entries(record(workflow['jobs']))
  return [
    ...unknownKeys('workflow', workflow, keys.workflow),
    ...unknownKeys('on', record(workflow['on']), keys.event),
    ...(workflow['permissions'] === undefined ? ['no permissions: everything is granted'] : []),
    ...permissionProblems(record(workflow['permissions'])),
    ...(jobs.length === 0 ? ['no jobs'] : []),
    ...jobs.flatMap(([name, job]) => jobProblems(name, record(job), record(workflow['permissions']))),
  ]
}

function permissionProblems(permissions: Tree): readonly string[] {
  const levels = Object.entries(permissions).filter(([, level]) => !['read', 'write', 'none'].includes(String(level)))
  return [
    ...unknownKeys('permissions', permissions, keys.permission),
    ...levels.map(([name, level]) => `permissions: ${name} is "${String(level)}"`),
  ]
}

function jobProblems(name: string, job: Tree, permissions: Tree): readonly string[] {
  const steps = list(job['steps'])
  const granted = { ...permissions, ...record(job['permissions']) }
  const takesRole = steps.some((step) => textOf(step['uses']).startsWith('aws-actions/configure-aws-credentials@'))
  return [
    ...unknownKeys(`job ${name}`, job, keys.job),
    ...(job['runs-on'] === undefined ? [`job ${name} has no runs-on`] : []),
    ...(takesRole && granted['id-token'] !== 'write' ? [`job ${name} takes a role without id-token: write`] : []),
    ...stepsProblems(`job ${name}`, steps),
  ]
}

function stepsProblems(where: string, steps: readonly Tree[]): readonly string[] {
  const ids = steps.map((step) => step['id']).filter((id) => id !== undefined)
  return [
    ...(steps.length === 0 ? [`${where} has no steps`] : []),
    ...(new Set(ids).size < ids.length ? [`${where}: an id twice`] : []),
    ...steps.flatMap((step, index) => stepProblems(`${where}, step ${index + 1}`, step, ids)),
  ]
}

function stepProblems(where: string, step: Tree, ids: readonly unknown[]): readonly string[] {
  const both = (step['run'] === undefined) === (step['uses'] === undefined)
  const run = textOf(step['run'])
  return [
    ...unknownKeys(where, step, keys.step),
    ...(both ? [`${where}: one of run and uses`] : []),
    // What a person or a branch is called would be a part of the script.
    ...(run.includes('${{') ? [`${where}: an expression in a script; give it by env`] : []),
    ...(/\.bin\/launch"? /.test(run) && !/\bexec\b/.test(run)
      ? [`${where}: without exec a cancelled job kills the shell only`]
      : []),
    ...expressions(step).flatMap((expression) => expressionProblems(where, expression, ids)),
  ]
}

/** Every `${{ … }}` in a value. */
function expressions(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return Array.from(value.matchAll(/\$\{\{(.*?)\}\}/gs), ([, inside = '']) => inside.trim())
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(expressions)
}

function expressionProblems(where: string, expression: string, ids: readonly unknown[]): readonly string[] {
  const words = Array.from(expression.matchAll(/'[^']*'|([A-Za-z_][\w-]*)(\.[\w.*-]+|\s*\()?/g))
  return words.flatMap(([, name, rest]): readonly string[] => {
    if (name === undefined || ['true', 'false', 'null'].includes(name)) return []
    if (rest?.trim() === '(') return functions.includes(name) ? [] : [`${where}: no function ${name}`]
    if (!contexts.includes(name)) return [`${where}: no context ${name} in "${expression}"`]
    const step = /^\.([\w-]+)/.exec(rest ?? '')?.[1]
    return name === 'steps' && !ids.includes(step) ? [`${where}: no step ${String(step)}`] : []
  })
}

/** Actions of others are pinned to a commit, with the version it was beside it. */
function pinProblems(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const uses = /^\s*(?:- )?uses: (\S+)(.*)$/.exec(line)
    if (!uses) return []
    const [, action = '', comment = ''] = uses
    if (/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(action) && /^ # \S/.test(comment)) return []
    return [`line ${index + 1}: ${action} is not pinned to a commit with its version beside it`]
  })
}

function actionProblems(action: Tree): readonly string[] {
  const runs = record(action['runs'])
  const steps = list(runs['steps'])
  const ids = steps.map((step) => step['id']).filter((id) => id !== undefined)
  const inputs = Object.keys(record(action['inputs']))
  const asked = expressions(runs).flatMap((one) =>
    Array.from(one.matchAll(/inputs\.([\w-]+)/g), ([, name = '']) => name),
  )
  return [
    ...unknownKeys('action', action, keys.action),
    ...(runs['using'] === 'composite' ? [] : ['runs.using is not composite']),
    ...['name', 'description'].flatMap((key) => (action[key] === undefined ? [`no ${key}`] : [])),
    ...Object.entries(record(action['inputs'])).flatMap(([name, input]) =>
      record(input)['description'] === undefined ? [`input ${name} has no description`] : [],
    ),
    ...stepsProblems('action', steps),
    ...steps.flatMap((step, index) =>
      step['run'] !== undefined && step['shell'] === undefined ? [`action, step ${index + 1}: run without shell`] : [],
    ),
    ...expressions(action['outputs']).flatMap((one) => expressionProblems('outputs', one, ids)),
    ...inputs.filter((name) => !asked.includes(name)).map((name) => `input ${name} is not used`),
    ...asked.filter((name) => !inputs.includes(name)).map((name) => `no input ${name}`),
  ]
}

function unknownKeys(where: string, tree: Tree, words: string): readonly string[] {
  const known = words.split(' ')
  return Object.keys(tree).flatMap((key) => (known.includes(key) ? [] : [`${where}: no key "${key}"`]))
}

function record(value: unknown): Tree {
  // What YAML calls a map is a record of unknown values.
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function list(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.map(record) : []
}

export function readExample(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
