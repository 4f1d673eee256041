import { describe, expect, it } from 'vitest';
import { runOnce } from './run';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
/** Runs of each size; `KUBARIUM_SEEDS=300 npx vitest run …/runs.test.ts` for many. */
const asked = process.env['KUBARIUM_SEEDS'];
const SEEDS = Number(asked ?? 8);

describe('etcd under random faults', () => {
  it.each([3, 5])(
    '%i members: linearizable, no acknowledged write lost, watches keep their promises',
    (members) => {
      const sum = { operations: 0, unknown: 0, watchEvents: 0, events: 0, faults: 0 };
      for (let seed = members; seed < members + 2 * Math.ceil(SEEDS / 2); seed += 2) {
        const report = runOnce({ seed, members });
        for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
        expect(report.violations, `seed ${seed}, ${members} members`).toEqual([]);
      }
      if (asked !== undefined) console.log(`${members} members, ${Math.ceil(SEEDS / 2)} seeds`, JSON.stringify(sum));
    },
    600_000,
  );
});
