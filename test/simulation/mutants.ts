/** The protocol with one rule of it taken out, as changes of the source text: some seed has to notice each of them. */
export type Mutant = {
  readonly name: string
  /** The rule that is broken. */
  readonly about: string
  readonly changes: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
}

function mutant(
  name: string,
  about: string,
  ...changes: readonly (readonly [file: string, find: string, replace: string])[]
): Mutant {
  return {
    name,
    about,
    changes: changes.map(([file, find, replace]) => ({ file: `src/${file}`, find, replace })),
  }
}

const acked = 'state.acks.includes(flag.writeId)'

export const mutants: readonly Mutant[] = [
  mutant('no-cas', 'the flag is raised by compare-and-set on the version that was read', [
    'flags/document-store.ts',
    "{ ...headers, expect: expect ?? 'absent' }",
    '{ ...headers }',
  ]),
  mutant('flag-after-journal', 'the flag is read first, the journal second', [
    'engine/run.ts',
    `  session.flag = await readFlag(session, signal)
  const [isOpen] = await Promise.all([session.log.isOpen(signal), session.refresh(signal)])`,
    `  const [isOpen] = await Promise.all([session.log.isOpen(signal), session.refresh(signal)])
  session.flag = await readFlag(session, signal)`,
  ]),
  mutant('done-skips-reconcile', 'a launch that has ended is still held against the flag', [
    'core/overriding.ts',
    `    latchFound(plan, state, world, kinds) ??
    finished(state) ??`,
    `    finished(state) ??
    latchFound(plan, state, world, kinds) ??`,
  ]),
  mutant('412-means-lost', 'a refused create is compared with what is there before it is believed', [
    'journal/events.ts',
    'if (there?.body !== line) return',
    'if (there) return',
  ]),
  mutant(
    'no-latch',
    'a raise does not go over a latch',
    ['core/flag.ts', 'if (current.latched) return next.latched || next.acks.includes(current.writeId)', ''],
    ['core/flag-guard.ts', `if (${acked}) return null`, 'if (flag.latched) return null'],
    ['core/overriding.ts', `if (!flag.latched || ${acked}) return null`, 'if (flag) return null'],
  ),
  mutant('gate-not-journaled', 'a stage is left in the journal before the next one is begun', [
    'core/canary.ts',
    `    return {
      type: 'record',
      happening: {
        type: 'stage-left',
        step: step.id,
        percent: stage.percent,
        verdict: 'pass',`,
    `    const after = rules.stages[rules.stages.indexOf(stage.percent) + 1]
    if (after !== undefined) return { type: 'effect', effect: { type: 'raise-flag', step, percent: after } }
    return {
      type: 'record',
      happening: {
        type: 'stage-left',
        step: step.id,
        percent: stage.percent,
        verdict: 'pass',`,
  ]),
  mutant('no-intent', 'the intent of a raise is durable before the flag changes', [
    'engine/raise-flag.ts',
    `    if (!(await session.record({ type: 'flag-intended', step: step.id, percent, writeId, serial, base }, signal)))
      return
`,
    '',
  ]),
  mutant('stale-etag-reread', 'the version that is replaced comes from the read that was decided on', [
    'engine/raise-flag.ts',
    "const written = await ports.flag('production').write(next, base, signal)",
    `const now = await ports.flag('production').read(signal)
  const written = await ports.flag('production').write(next, now.status === 'present' ? now.version : null, signal)`,
  ]),
  mutant(
    'rollback-needs-journal',
    'a rollback does not wait for its intent to be journaled',
    [
      'engine/rollback.ts',
      'if (signal.aborted || !isTrouble(error)) throw error\n    session',
      'if (error) throw error\n    session',
    ],
    ['engine/rollback.ts', 'if (!before && !state.rollingBack &&', 'if (!state.rollingBack &&'],
  ),
  mutant('no-write-id', 'every write of the flag has an id of its own', [
    'engine/raise-flag.ts',
    'open?.writeId ?? ports.random.id()',
    'open?.writeId ?? `w${percent}`',
  ]),
  mutant(
    'higher-serial-wins',
    'a latch holds whatever the serial of the next document',
    [
      'core/flag.ts',
      'if (current.latched) return next.latched || next.acks.includes(current.writeId)',
      'if (current.latched && next.serial <= current.serial) return false',
    ],
    ['core/flag-guard.ts', `if (${acked}) return null`, 'if (flag.serial < world.now) return null'],
    [
      'core/overriding.ts',
      `if (!flag.latched || ${acked}) return null`,
      'if (!flag.latched || flag.serial < (state.flag?.serial ?? world.now)) return null',
    ],
  ),
  mutant(
    'any-ack-will-do',
    'an acknowledgement is of one latch, not of all that follow',
    ['core/flag.ts', 'next.acks.includes(current.writeId)', 'next.acks.length > 0'],
    ['core/flag-guard.ts', `if (${acked}) return null`, 'if (state.acks.length > 0) return null'],
    [
      'core/overriding.ts',
      `if (!flag.latched || ${acked}) return null`,
      'if (!flag.latched || state.acks.length > 0) return null',
    ],
  ),
  mutant(
    'raise-may-lower',
    'an advance never takes the new version from anybody',
    ['core/flag-guard.ts', 'if (flag.percent <= effect.percent) return null', 'if (flag) return null'],
    [
      'core/flag-guard.ts',
      "if (effect.type === 'run-step') return exposedAlready(plan, state, effect, flag)",
      "if (effect.type === 'run-step') return null",
    ],
  ),
  mutant('intent-means-done', 'after a crash the flag itself says whether a raise got through', [
    'engine/raise-flag.ts',
    'if (current && open && current.writeId === open.writeId) {',
    'if (current && open) {',
  ]),
  mutant('journal-overwrites', 'an event is created once', [
    'journal/s3-store.ts',
    "const result = await write(key, body, 'absent', signal)",
    'const result = await write(key, body, undefined, signal)',
  ]),
  mutant('append-behind-anything', 'who loses a slot decides again', [
    'engine/start-session.ts',
    'const appended = await log.append(happening, appendSignal, by)',
    "const appended = { status: 'appended', event: await log.appendAnyway(happening, appendSignal, by) } as const",
  ]),
  mutant('unknown-promotes', 'an unknown verdict never promotes', [
    'core/canary.ts',
    "if (verdict.verdict === 'pass' && verdict.bakedMs >= rules.bakeMs && !pausedByPerson(stage)) {",
    "if (verdict.verdict !== 'fail' && world.now - stage.since >= rules.bakeMs && !pausedByPerson(stage)) {",
  ]),
  mutant(
    'promote-over-fail',
    'a promotion never goes over a fail',
    [
      'core/canary.ts',
      "return verdict?.verdict === 'fail'\n        ? null\n        : {",
      'return verdict === undefined\n        ? null\n        : {',
    ],
    ['core/reduce-canary.ts', "if (event.ask === 'promote' && standsOnFail(state)) return state", ''],
    [
      'core/reduce.ts',
      "const ask = verdict === 'fail' && stage !== null && state.ask?.ask === 'promote' ? null : state.ask",
      'const ask = state.ask',
    ],
  ),
  mutant('superseded-goes-on', 'a launch that another one was opened over does nothing more', [
    'engine/run.ts',
    'if (!isOpen && !rollingBack && !ended)',
    'if (!isOpen && rollingBack && ended)',
  ]),
  mutant(
    'no-go-is-a-word',
    'nothing goes forward after a no-go',
    ['core/guards.ts', "if (state.go?.decision === 'go') return null", 'if (state.go) return null'],
    ['core/overriding.ts', "if (state.go?.decision !== 'no-go') return null", 'if (state) return null'],
  ),
  mutant('shared-copies', 'every release keeps its own copies of its files', [
    'core/release.ts',
    '`.launch/releases/${release}/files/${path}`',
    '`.launch/releases/r-shared/files/${release ? path : path}`',
  ]),
  mutant('reruns-anything', 'a command that must not run twice is not repeated after a crash', [
    'core/decide.ts',
    'progress.resolved === undefined && !kind.repeatable(plan)',
    'progress.resolved === undefined && kind === null',
  ]),
  mutant('lost-reply-means-done', 'a raise whose reply was lost is looked up, not believed', [
    'engine/raise-flag.ts',
    "const written = await ports.flag('production').write(next, base, signal)",
    "const written = await ports.flag('production').write(next, base, signal).catch(() => ({ status: 'written' }))",
  ]),
  mutant('deploy-without-intent', 'the intent of a step is durable before it changes anything', [
    'engine/perform.ts',
    "if (again === null && !(await session.record({ type: 'step-intended', step: step.id, attempt }, signal))) return",
    '',
  ]),
  mutant('fail-is-watched', 'a gate that fails turns the flag off', [
    'core/canary.ts',
    "if (action === 'emergency' || action === 'full') return rollBack(action, reason, 'gate')",
    '',
  ]),
  mutant(
    'opened-by-halves',
    'the pointer names a launch only when its plan and its first event are there',
    ['journal/launches.ts', "if (first.status === 'taken') throw unwritten(id)", ''],
    [
      'journal/launches.ts',
      "if (planned === 'exists' && (await store.get(paths.plan(id), signal)) === null) throw unwritten(id)",
      "if (planned === 'created') signal.throwIfAborted()",
    ],
  ),
  mutant('rolled-back-by-name', 'a launch that its journal calls rolled back is shown to nobody', [
    'core/overriding.ts',
    "if (!done || world.flag?.status !== 'present') return null",
    'if (state) return null',
  ]),
  mutant('broken-before', 'nobody is shown a new version whose old one is broken', [
    'core/already-breaching.ts',
    "if (verdict.verdict !== 'fail') return null",
    "if (verdict.verdict !== 'unknown') return null",
  ]),
  mutant('overtaken-read-counts', 'a slow read takes no event that another one took meanwhile', [
    'journal/events.ts',
    'if (from + i > events.length) take(slot.body)',
    'take(slot.body)',
  ]),
  mutant('blind-driver', 'a driver that cannot read its journal goes on watching what users get', [
    'engine/without-journal.ts',
    'if (session.owed.length > 0) return\n',
    'if (session.plan) return\n',
  ]),
  mutant('created-over', 'a file of the state is created once, by one of two creators', [
    'journal/durable-file.ts',
    "if (codeOf(error) === 'EEXIST') return false",
    "if (codeOf(error) === 'EEXIST') return true",
  ]),
  mutant('owed-forgotten', 'what was done while the journal was away is told to it', [
    'engine/owed.ts',
    'if (!isTold(next, session.state)) await tell(next, session, signal)',
    '',
  ]),
  mutant('clock-followed-back', 'a clock that is set back is not followed', [
    'host/clock.ts',
    'return () => Math.max(wall(), Math.floor(behind + monotonic()))',
    'return () => (behind > 0 ? wall() : 0)',
  ]),
]
