import { expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { startingCluster } from './starting-clusters';

const SECOND = 1_000_000;

// This file imports no late code: whoever needs it throws.
it('the default cluster and its app come up and run on with the code of the first download alone', () => {
  const engine = newEngine({ seed: 7, cluster: startingCluster('default').spec });
  while (engine.run(25 * SECOND, { events: Infinity }).stopped !== 'until');
  const ready = engine
    .observe(null)
    .set.filter((record) => 'readyContainers' in record && record.readyContainers === 1);
  expect(ready).toHaveLength(12);
});
