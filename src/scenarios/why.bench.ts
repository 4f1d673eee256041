/** How long it takes to tell why. */
import type { Subject } from '#engine/cluster/records';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { startingCluster } from './starting-clusters';

const MINUTE = 60_000_000;

const WARM_UPS = 10;

const manifest = `apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: '* * * * *'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: 'busybox:1.37', command: [sh, -c, sleep 5]}]
`;

/** The longest of all questions: why each object is there. */
function longestWhy(): number {
  const { spec } = startingCluster('default');
  const engine = newEngine({ seed: 1, cluster: spec });
  engine.run(2 * MINUTE, { events: Infinity });
  engine.input({ type: 'apply', ticket: 'tick', manifest });
  engine.run(120 * MINUTE, { events: Infinity });
  const subjects: Subject[] = [...engine.observe(null).set];
  // Code that was asked once is warm; who asks by hand asks more than once.
  for (const { kind, namespace, name } of subjects.slice(0, WARM_UPS)) engine.why({ kind, namespace, name });
  let longest = 0;
  for (const { kind, namespace, name } of subjects) {
    const start = performance.now();
    engine.why({ kind, namespace, name });
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

export const benchmarks = [
  {
    name: 'why/any-object-ms',
    unit: 'ms',
    better: 'lower',
    note: 'the longest answer to why, asked of every object of a default cluster with a CronJob each minute after two hours',
    run: longestWhy,
  },
] as const;
