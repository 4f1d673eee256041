import { describe, expect, it } from 'vitest';
import type { Subject } from '../records';
import { Observer } from '../observe/observer';
import { explainSubject } from '../why';
import { Run } from './run';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
/** How many seeds: `KUBARIUM_SEEDS=50 npx vitest run …/why.test.ts` for many. */
const asked = process.env['KUBARIUM_SEEDS'];
const SEEDS = Array.from({ length: Number(asked ?? 2) }, (_, index) => index + 1);

/** A run whose pods are all written down. */
class WatchedRun extends Run {
  readonly pods = new Map<string, Subject>();
  readonly observer = new Observer(this.cluster.kernel, 1);

  override look(): void {
    super.look();
    this.observer.catchUp();
    for (const { metadata } of this.sight.of('Pod')) {
      const { namespace = '', name } = metadata;
      this.pods.set(`${namespace}/${name}`, { kind: 'Pod', namespace, name });
    }
  }

  /** Pods of which no story reaches what somebody did, or the start, and why. */
  gaps({ belief }: Observer = this.observer): string[] {
    const { kernel } = this.cluster;
    const sources = { kernel, belief, inputs: this.person.inputs };
    return [...this.pods].flatMap(([pod, subject]) => {
      const { reasons, complete } = explainSubject(sources, subject);
      const last = reasons[reasons.length - 1];
      const isWhole = complete && (last?.actor === 'you' || last?.actor === 'start');
      return isWhole ? [] : [`${pod}: ${last?.text ?? 'nothing'}`];
    });
  }
}

describe('why', () => {
  it.each(SEEDS)(
    'reaches what somebody did, or the start, for every pod of a run with faults (seed %i)',
    (seed) => {
      const run = new WatchedRun({ seed });
      run.boot();
      run.begin();
      run.peace();
      run.chaos();
      const { causes } = run.cluster.kernel;
      expect(causes.first).toBeGreaterThan(0);
      expect(run.pods.size).toBeGreaterThan(10);
      if (asked !== undefined) console.log(`seed ${seed}: ${run.pods.size} pods, ${causes.landmarks.count} landmarks`);
      expect(run.gaps()).toEqual([]);
      // Also to one that comes new, as after a restore: of those that are long gone by what was asked of the API server.
      const late = new Observer(run.cluster.kernel, 2);
      late.catchUp();
      expect(run.gaps(late)).toEqual([]);
    },
    120_000,
  );
});
