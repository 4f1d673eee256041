/** How fast one attempt is, without API server and kernel: decide, assume, remember. */
import type { KubeObject, Pod, PodSpec } from '#engine/api/types';
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
function podsPerSecond(
  nodeCount: number,
  podCount: number,
  shape: (i: number) => Pod,
  ...objects: readonly KubeObject[]
): number {
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
  const view = aView(...objects);
  const moment = { now: 0, event: 0, frameworks: [framework], preempting: new Map() };
  const pods = Array.from({ length: podCount }, (_, i) => shape(i));

  const began = performance.now();
  for (const pod of pods) addPod(queue, podInfo(pod), moment);
  for (let i = 0; i < podCount; i++) {
    const queued = popPod(queue, 0);
    if (queued === null) break;
    const cycle = {
      profile: DEFAULT_PROFILE,
      pod: queued.info,
      cache,
      view,
      nominees: queue.nominees,
      promisedNode: '',
    };
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

const BLUE = { matchLabels: { color: 'blue' } };
const term = { topologyKey: 'topology.kubernetes.io/zone', labelSelector: BLUE };
const inTeams = { ...term, namespaceSelector: { matchLabels: { team: 'devops' } } };
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'blue', namespace: 'default' },
  spec: { selector: BLUE.matchLabels },
} as unknown as KubeObject;
const NAMESPACES = Array.from(
  { length: 100 },
  (_, i) =>
    ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `team-${i}`, labels: { team: 'devops' } },
    }) as unknown as KubeObject,
);

/** Pods with one affinity or one constraint, whose pods share their spec as those of one template do. */
const blue =
  (spec: Partial<PodSpec>, namespaces = 1) =>
  (i: number): Pod =>
    aPod(`pod-${i}`, {
      requests: [{ cpu: '100m', memory: '500Mi' }],
      metadata: { labels: BLUE.matchLabels, namespace: namespaces === 1 ? 'default' : `team-${i % namespaces}` },
      spec,
    });

const spread = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable, labelSelector: BLUE },
  ],
});
const onOtherNodes = { ...term, topologyKey: 'kubernetes.io/hostname' };

/** Upstream's shapes and sizes of scheduler_perf. */
const RELATED: readonly (readonly [name: string, pods: number, shape: (i: number) => Pod, ...objects: KubeObject[]])[] =
  [
    ['spread-required', 5_000, blue(spread('DoNotSchedule'))],
    ['spread-preferred', 5_000, blue(spread('ScheduleAnyway'))],
    ['spread-default', 10_000, blue({}), SERVICE],
    [
      'affinity-required',
      5_000,
      blue({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
    ],
    [
      'affinity-preferred',
      5_000,
      blue({
        affinity: {
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: onOtherNodes }],
          },
        },
      }),
    ],
    [
      'anti-affinity-required',
      2_000,
      blue({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [onOtherNodes] } } }),
    ],
    [
      'affinity-namespaces',
      2_000,
      blue(
        {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [{ ...inTeams, topologyKey: 'kubernetes.io/hostname' }],
            },
          },
        },
        100,
      ),
      ...NAMESPACES,
    ],
  ];

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
  ...RELATED.map(([name, pods, shape, ...objects]) =>
    benchmark(`scheduler/cycle-5000-nodes-${name}`, `${pods} pods on 5,000 nodes in 3 zones`, () =>
      podsPerSecond(5_000, pods, shape, ...objects),
    ),
  ),
  benchmark('scheduler/cycle-5000-nodes-selector', '5,000 pods with a node selector on 5,000 nodes', () =>
    podsPerSecond(5_000, 5_000, affine),
  ),
];
