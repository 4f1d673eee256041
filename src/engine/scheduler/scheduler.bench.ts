/** How fast one attempt is, without API server and kernel: decide, assume, remember. */
import type { Pod } from '#engine/api/types';
import { recordOf, sentenceOf } from './attempts';
import { assumePod } from './cache';
import { frameworkOf } from './framework';
import { podInfo } from './pod-info';
import { DEFAULT_PROFILE } from './profile';
import { addPod, newQueue, popPod, finishPod } from './queue';
import { scheduleOne } from './schedule-one';
import { aCache, aNode, aPod, aView, firstChoice } from './testing';

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly note: string;
  run(): number;
}

/** Pods per second through queue and cycle. */
function podsPerSecond(nodeCount: number, podCount: number, shape: (i: number) => Pod): number {
  const images = [{ names: ['registry.k8s.io/pause:3.10'], sizeBytes: 320_000 }];
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    aNode(`node-${i}`, {
      allocatable: { cpu: '32', memory: '256Gi', pods: '110' },
      labels: { 'topology.kubernetes.io/zone': `zone-${i % 3}` },
      ...(i % 7 === 0 && { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' as const }] }),
      images,
    }),
  );
  const cache = aCache(nodes);
  const framework = frameworkOf(DEFAULT_PROFILE);
  const rotation = { nextStartNodeIndex: 0 };
  const queue = newQueue();
  const view = aView();
  const moment = { now: 0, event: 0, framework, preempting: new Map() };
  const pods = Array.from({ length: podCount }, (_, i) => shape(i));

  const began = performance.now();
  for (const pod of pods) addPod(queue, podInfo(pod), moment);
  for (let i = 0; i < podCount; i++) {
    const queued = popPod(queue, 0);
    if (queued === null) break;
    const cycle = { profile: DEFAULT_PROFILE, pod: queued.info, cache, view, nominees: queue.nominees };
    const decision = scheduleOne(framework, cycle, rotation, () => firstChoice);
    sentenceOf(recordOf(decision, queued.info, queued.attempts, 0, 0));
    if (decision.outcome === 'fits') assumePod(cache, queued.info, decision.node.name);
    finishPod(queue, queued.info.uid);
  }
  return Math.round(podCount / ((performance.now() - began) / 1000));
}

const plain = (i: number): Pod => aPod(`pod-${i}`, { requests: [{ cpu: '100m', memory: '500Mi' }] });

const affine = (i: number): Pod =>
  aPod(`pod-${i}`, {
    requests: [{ cpu: '100m', memory: '500Mi' }],
    spec: { nodeSelector: { 'topology.kubernetes.io/zone': 'zone-1' } },
  });

const benchmark = (name: string, note: string, run: () => number): Benchmark => ({
  name,
  unit: 'pods/s',
  better: 'higher',
  note: `${note}; the cycle alone, without API server and kernel`,
  run,
});

export const benchmarks: readonly Benchmark[] = [
  benchmark('scheduler/cycle-100-nodes', '2,000 plain pods on 100 nodes', () => podsPerSecond(100, 2_000, plain)),
  benchmark('scheduler/cycle-1000-nodes', '10,000 plain pods on 1,000 nodes', () =>
    podsPerSecond(1_000, 10_000, plain),
  ),
  benchmark('scheduler/cycle-5000-nodes', '10,000 plain pods on 5,000 nodes', () =>
    podsPerSecond(5_000, 10_000, plain),
  ),
  benchmark('scheduler/cycle-5000-nodes-selector', '5,000 pods with a node selector on 5,000 nodes', () =>
    podsPerSecond(5_000, 5_000, affine),
  ),
];
