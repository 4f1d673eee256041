import { describe, expect, it } from 'vitest';
import { runOnce } from './run';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
/** How many seeds, and the first: `KUBARIUM_SEEDS=100 KUBARIUM_FIRST_SEED=1 npx vitest run …/runs.test.ts` for many. */
const asked = process.env['KUBARIUM_SEEDS'];
const FIRST = Number(process.env['KUBARIUM_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(asked ?? 3) }, (_, index) => FIRST + index);

describe('a random cluster after random changes and faults', () => {
  it.each(SEEDS)(
    'has converged to what its specs ask, and did nothing forbidden on the way (seed %i)',
    (seed) => {
      const { violations, ...report } = runOnce({ seed });
      if (asked !== undefined) console.log(`seed ${seed}`, JSON.stringify(report));
      expect(violations).toEqual([]);
    },
    120_000,
  );
});
