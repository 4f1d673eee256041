import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api/types';
import { assumePod, nodeOrder, putNode, putPod, removeNode, removePod } from './cache';
import { findNodesThatFit } from './filtering';
import { podInfo } from './pod-info';
import { podTopologySpread } from './plugins/pod-topology-spread';
import type { SpreadConstraint } from './profile';
import type { EventObjects } from './registered-event';
import { aCache, aCycle, aFramework, aNode, aPod } from './testing';

const LABELS = { foo: '' };
const ZONES = { a: 'zone1', b: 'zone1', x: 'zone2', y: 'zone2' };
const zoned = (zones: Readonly<Record<string, string>>): Node[] =>
  Object.entries(zones).map(([name, zone]) => aNode(name, { labels: zone === '' ? {} : { zone } }));
const spreading = (more: Partial<SpreadConstraint> = {}): Pod =>
  aPod('new', {
    metadata: { labels: LABELS },
    spec: {
      topologySpreadConstraints: [
        {
          topologyKey: 'zone',
          maxSkew: 1,
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: LABELS },
          ...more,
        },
      ],
    },
  });

it('counts alike whether it counts anew or has kept counting', () => {
  const nodes = zoned(ZONES);
  const cache = aCache(nodes);
  const pod = spreading();
  const rejected = (of: typeof cache): string[] => {
    const found = findNodesThatFit(aFramework(), aCycle(of, pod), { nextStartNodeIndex: 0 });
    return found.rejected.slice(0, found.rejectedCount).map(({ name }) => name);
  };
  const anew = (): string[] =>
    rejected(
      aCache(
        nodeOrder(cache).map(({ node }) => node!),
        [...cache.pods.values()].map(({ info }) => ({
          ...info.pod,
          spec: { ...info.pod.spec, nodeName: info.nodeName },
        })),
      ),
    );
  const steps: (() => void)[] = [
    () => putPod(cache, podInfo(aPod('first', { node: 'a', metadata: { labels: LABELS } }))),
    () => assumePod(cache, podInfo(aPod('assumed', { metadata: { labels: LABELS, uid: 'assumed' } })), 'x'),
    () => putPod(cache, podInfo(aPod('assumed', { node: 'x', metadata: { labels: { other: '' }, uid: 'assumed' } }))),
    () => putNode(cache, zoned({ y: 'zone3' })[0]!),
    () => removeNode(cache, 'b'),
    () => removePod(cache, 'assumed'),
    () => putNode(cache, zoned({ b: 'zone2' })[0]!),
    () => removeNode(cache, 'a'),
    () => putNode(cache, zoned({ a: 'zone3' })[0]!),
  ];
  const seen = new Set([rejected(cache).join()]);
  for (const step of steps) {
    step();
    expect(rejected(cache).toSorted()).toEqual(anew().toSorted());
    seen.add(rejected(cache).join());
  }
  expect(seen.size).toBeGreaterThan(3);
});

// kubernetes pkg/scheduler/framework/plugins/podtopologyspread/plugin_test.go
describe('what may help a pod that spreading has turned down', () => {
  const [ofPods, ofItself, ofNodes] = podTopologySpread.events ?? [];
  const waiting = podInfo(spreading());
  const on = (labels: Record<string, string>, namespace = 'default'): Pod =>
    aPod('other', { node: 'a', metadata: { labels, namespace } });

  it.each<{ name: string; objects: EventObjects; helps: boolean }>([
    { name: 'a pod that is meant comes', objects: { now: on(LABELS) }, helps: true },
    { name: 'another pod comes', objects: { now: on({}) }, helps: false },
    { name: 'a pod of another namespace comes', objects: { now: on(LABELS, 'ns1') }, helps: false },
    { name: 'a pod that is meant goes', objects: { old: on(LABELS) }, helps: true },
    { name: 'another pod goes', objects: { old: on({}) }, helps: false },
    { name: 'a pod becomes one that is meant', objects: { old: on({}), now: on(LABELS) }, helps: true },
    { name: 'a pod is no more one that is meant', objects: { old: on(LABELS), now: on({}) }, helps: true },
    { name: 'other labels change', objects: { old: on(LABELS), now: on({ ...LABELS, bar: '' }) }, helps: false },
  ])('$name: $helps', ({ objects, helps }) => {
    expect(ofPods?.hint?.(waiting, objects)).toBe(helps);
  });

  it('its own tolerations, where taints count', () => {
    const tolerant = (pod: Pod): Pod => ({ ...pod, spec: { ...pod.spec, tolerations: [{ operator: 'Exists' }] } });
    const hint = (pod: Pod): boolean | undefined => ofItself?.hint?.(podInfo(pod), { old: pod, now: tolerant(pod) });
    expect([hint(spreading()), hint(spreading({ nodeTaintsPolicy: 'Honor' }))]).toEqual([false, true]);
  });

  const tainted = (node: Node): Node => ({ ...node, spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
  const inZone = (zone: string): Node => zoned({ n: zone })[0]!;
  it.each<{ name: string; objects: EventObjects; helps: boolean }>([
    { name: 'a node of a zone comes', objects: { now: inZone('z1') }, helps: true },
    { name: 'a node without zone comes', objects: { now: inZone('') }, helps: false },
    { name: 'a node of a zone goes', objects: { old: inZone('z1') }, helps: true },
    { name: 'a node without zone goes', objects: { old: inZone('') }, helps: false },
    { name: 'a node gets a zone', objects: { old: inZone(''), now: inZone('z1') }, helps: true },
    { name: 'a node moves', objects: { old: inZone('z1'), now: inZone('z2') }, helps: true },
    { name: 'a node stays', objects: { old: inZone('z1'), now: inZone('z1') }, helps: false },
    { name: 'a node is tainted', objects: { old: inZone('z1'), now: tainted(inZone('z1')) }, helps: true },
  ])('$name: $helps', ({ objects, helps }) => {
    expect(ofNodes?.hint?.(waiting, objects)).toBe(helps);
  });
});
