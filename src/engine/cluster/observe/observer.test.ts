import { describe, expect, it } from 'vitest';
import { exposeKernel, loadKernel } from '#engine/kernel/save';
import { MINUTE } from '#engine/kernel/time';
import { newCluster } from '../cluster';
import { Run } from '../convergence/run';
import type { Cursor } from '../door';
import type { MachineRecord, ObjectRecord } from '../records';
import { Observer } from './observer';

/** Looks between two comparisons with an observer that comes new. */
const EACH = 20;

/** A run that an observer follows from look to look. */
class Followed extends Run {
  readonly #observer = new Observer(this.cluster.kernel, 1);
  readonly #records = new Map<string, ObjectRecord>();
  readonly #machines = new Map<string, MachineRecord>();
  readonly clocks = new Set<string>();
  #cursor: Cursor | null = null;
  #looks = 0;
  comparisons = 0;
  readonly differences: string[] = [];

  override look(): void {
    super.look();
    const faults = [...this.cluster.state.faults.active.values()];
    const { cursor, set, gone, machines, machinesGone, countdowns } = this.#observer.frame(this.#cursor, faults);
    this.#cursor = cursor;
    for (const record of set) this.#records.set(record.uid, record);
    for (const uid of gone) this.#records.delete(uid);
    for (const machine of machines) this.#machines.set(machine.name, machine);
    for (const name of machinesGone) this.#machines.delete(name);
    for (const { what } of countdowns) this.clocks.add(what);
    if (++this.#looks % EACH !== 0) return;
    this.comparisons++;
    const { kernel, spec } = this.cluster;
    // A copy in which nothing is the same object: whatever is remembered of objects is of no use there.
    const copy = newCluster(spec, { seed: kernel.seed }).kernel;
    loadKernel(copy, structuredClone(exposeKernel(kernel)));
    const anew = new Observer(copy, 1).frame(null, faults);
    this.differences.push(
      ...differences(this.#records.values(), anew.set),
      ...differences(this.#machines.values(), anew.machines),
      ...differences(countdowns, anew.countdowns),
    );
  }
}

/** What is in one list and not in the other, to the last byte. */
function differences(followed: Iterable<object>, anew: Iterable<object>): string[] {
  const [one, other] = [followed, anew].map((records) => new Set(Array.from(records, (each) => JSON.stringify(each))));
  return [
    ...[...one!].filter((text) => !other!.has(text)).map((text) => `followed: ${text}`),
    ...[...other!].filter((text) => !one!.has(text)).map((text) => `anew: ${text}`),
  ];
}

describe('an observer that follows a busy cluster from look to look', () => {
  it.each([2, 5])(
    'knows what one that comes new is shown (seed %i)',
    (seed) => {
      const run = new Followed({ seed });
      run.boot();
      run.begin();
      run.peace();
      run.chaos(5 * MINUTE);
      expect(run.differences).toEqual([]);
      expect(run.comparisons).toBeGreaterThan(30);
      expect([...run.clocks]).toEqual(expect.arrayContaining(['image-pull', 'termination']));
    },
    120_000,
  );
});
