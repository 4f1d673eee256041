import { describe, expect, it } from 'vitest';
import { PLANTED } from './planted';
import { runOnce } from './run';

/** The first seed, from 1 on, that shows a bug; `favour`: among workloads of that prefix only. */
const CAUGHT: readonly (readonly [bug: string, seed: number, words: string, favour?: string])[] = [
  ['a ReplicaSet makes pods without those that the caches have not shown yet', 3, 'although it has'],
  ['a Deployment ignores maxUnavailable', 3, 'available pods stay, not'],
  ['a StatefulSet does not wait for the end of a pod whose name it gives again', 8, 'two pods team/db-7-0 run'],
  ['a Job counts a pod twice', 2, 'counts 2 successes, but 1 pods have succeeded'],
  ['a DaemonSet takes no note of taints that are gone', 2, 'is on node-2,node-4,node-6, not on'],
  ['a ReplicaSet takes no note of what its pods come to', 1, 'says readyReplicas'],
  ['the garbage collector takes no note of what is gone', 1, 'Deployment default/web-4 does not go'],
  ['a namespace ends before what is in it', 8, 'ends before its'],
  ['a CronJob makes a Job beside one that it forbids', 2, 'is made while cron-1-', 'cron'],
  ['the disruption controller takes no note of what becomes of pods', 1, 'says currentHealthy'],
  ['a StatefulSet never rests', 1, 'at rest statefulset looks'],
];

describe('bugs planted into controllers', () => {
  it('are all in the table', () => {
    expect(CAUGHT.map(([bug]) => bug)).toEqual(Object.keys(PLANTED));
  });

  it.each(CAUGHT.map(([bug, seed, words, favour]) => ({ bug, seed, words, favour })))(
    '$bug: caught by seed $seed',
    ({ bug, seed, words, favour }) => {
      const options = { seed, manager: PLANTED[bug]!, ...(favour === undefined ? null : { favour }) };
      expect(runOnce(options).violations.join('\n')).toContain(words);
    },
    120_000,
  );
});
