/**
 * Seeds that once found something, and what. A seed tells another story once the code or the world changes; the mutants
 * `opened-by-halves`, `rolled-back-by-name` and `overtaken-read-counts` keep looking for the first three, and three options of
 * the swarm (`stubborn`, `lateToTell`, `naps`) make their like happen often enough for it.
 */
export const regressions: readonly { readonly seed: number; readonly found: string }[] = [
  { seed: 2458, found: 'a launch was opened whose plan was never written: nobody could resume it' },
  { seed: 3145, found: 'a slow rollback was journaled in the launch after it, which ended with users at 10 %' },
  { seed: 322, found: 'a slow read took events that another one had taken: a driver called its journal corrupt' },
  {
    seed: 5279,
    found:
      'a stage whose stamp is older than that of the stage before it (another clock): the judge had minutes before its first',
  },
  { seed: 8725, found: 'a rebuild that was killed after its phase had passed: the launch went on to 100 % with it' },
  {
    seed: 521995,
    found:
      'a driver without its journal left a flag alone that a colleague had raised meanwhile, and saw its errors for minutes',
  },
  {
    seed: 50353,
    found:
      'a launch whose first write found no space left a folder: no rollback that waited on a machine was told any more',
  },
  { seed: 13719, found: 'a rollback while the open launch had done nothing yet waited on its machine for ever' },
  {
    seed: 113105,
    found: 'a driver whose looks took longer than what is between two of them looked at an unproven stage for ever',
  },
  { seed: 134403, found: 'the same, in another world' },
  {
    seed: 121837,
    found:
      'a deploy went live without a new file that S3 had refused four times with 409: its page named what nobody had',
  },
  {
    seed: 220564,
    found:
      'a rollback was journaled in two launches: its machine stood still while another command told of it, then told the next',
  },
  {
    seed: 753569,
    found:
      'users met errors for two minutes and then nobody came: the canary stayed up, for nobody came in its last minutes',
  },
  {
    seed: 772437,
    found:
      'a fail whose place in the journal S3 refused for a while (409) was forgotten until the next look, and again',
  },
  {
    seed: 784065,
    found:
      'a full rollback that failed half-way was called rolled back once somebody had turned the flag off as well: pages of two releases',
  },
  {
    seed: 400014,
    found:
      'a launch with --ack-rollback stood still before it read the flag, and went over a rollback of after it was typed',
  },
  {
    seed: 441483,
    found:
      'a pause that had been asked for put off the rollback of a fail for as long as the journal could not be written to',
  },
  {
    seed: 3625,
    found:
      'a driver whose journal could be read and took nothing met the same refused write for ten minutes, and looked at nothing',
  },
  {
    seed: 716030,
    found:
      'a driver looked at the gate of a canary whose phase had passed while its journal was away, and did nothing about its fail',
  },
]
