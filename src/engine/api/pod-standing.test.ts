import { expect, it } from 'vitest';
import { isActive, isSameStanding, standingOf } from './pod-standing';
import type { Pod } from './types';

const LABELS = Object.freeze({ app: 'web' });
const owners = (uid: string): NonNullable<Pod['metadata']['ownerReferences']> => [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true },
];
const pod = (metadata: Partial<Pod['metadata']> = {}, status: Pod['status'] = { phase: 'Running' }): Pod =>
  ({ metadata: { name: 'a', labels: LABELS, ownerReferences: owners('one'), ...metadata }, status }) as Pod;
const READY: Pod['status'] = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
};

it('pods of one template that count alike share a standing', () => {
  expect(standingOf(pod({ name: 'b' }, { phase: 'Pending' }))).toBe(standingOf(pod()));
});

it.each<[what: string, other: Pod]>([
  ['its controller', pod({ ownerReferences: owners('two') })],
  ['having no controller', pod({ ownerReferences: [] })],
  ['its labels', pod({ labels: { app: 'db' } })],
  ['having no labels', pod({ labels: {} })],
  ['being deleted', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ['being over', pod({}, { phase: 'Failed' })],
  ['being ready', pod({}, READY)],
])('a pod is told from another by %s', (_, other) => {
  expect(isSameStanding(standingOf(pod()), standingOf(other))).toBe(false);
});

it('labels that say the same make the same standing, whether they are one object or not', () => {
  const [one, other] = [standingOf(pod()), standingOf(pod({ labels: { app: 'web' } }))];
  expect([one === other, isSameStanding(one, other)]).toEqual([false, true]);
});

it('a pod that is over or has to go does not count', () => {
  const pods = [pod(), pod({}, { phase: 'Succeeded' }), pod({ deletionTimestamp: '2026-01-01T00:00:00Z' })];
  expect(pods.map((one) => isActive(standingOf(one)))).toEqual([true, false, false]);
});
