import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '#engine/api/types';
import { SECOND, seconds } from '#engine/kernel/time';
import type { Plan } from '#engine/client/plan';
import { at, node, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { type PodGcMemory, reconcilePodGc } from './reconcile';

const run = (
  objects: readonly KubeObject[],
  threshold = 12_500,
  now = 0,
  memory: PodGcMemory = new Map(),
): Plan<PodGcMemory> => reconcilePodGc(viewOfObjects(objects), situation({ now, memory }), threshold);
const names = ({ steps }: Plan<PodGcMemory>, op: 'delete' | 'patch'): readonly string[] =>
  steps.flatMap((step) => (step.op === op && 'target' in step ? [step.target.name] : []));
const aged = (
  name: string,
  created: number,
  phase: string,
  over: { reason?: string; nodeName?: string; deleting?: boolean } = {},
): Pod =>
  pod(name, {
    meta: { creationTimestamp: at(created), ...(over.deleting === true ? { deletionTimestamp: at(5) } : {}) },
    spec: { nodeName: over.nodeName ?? 'node-1' },
    status: { phase: phase as 'Failed', ...(over.reason === undefined ? {} : { reason: over.reason }) },
  });

// pkg/controller/podgc/gc_controller_test.go
describe('pod garbage collection', () => {
  it.each<[string, Pod[], number, string[]]>([
    [
      'the oldest of three finished ones',
      [aged('a', 1, 'Failed'), aged('b', 2, 'Succeeded'), aged('c', 3, 'Failed')],
      1,
      ['a', 'b'],
    ],
    ['nothing when it is switched off', [aged('a', 1, 'Failed'), aged('b', 2, 'Succeeded')], 0, []],
    ['nothing under the threshold', [aged('a', 1, 'Failed'), aged('b', 2, 'Succeeded')], 5, []],
    ['no running pod', [aged('a', 1, 'Running'), aged('b', 2, 'Succeeded'), aged('c', 3, 'Failed')], 1, ['b']],
    [
      'evicted ones first',
      [aged('a', 1, 'Failed'), aged('b', 2, 'Succeeded'), aged('c', 3, 'Failed', { reason: 'Evicted' })],
      1,
      ['c', 'a'],
    ],
    [
      'evicted ones first, no running pod',
      [aged('a', 1, 'Running'), aged('b', 2, 'Succeeded'), aged('c', 3, 'Failed', { reason: 'Evicted' })],
      1,
      ['c'],
    ],
  ])('takes %s', (_, pods, threshold, deleted) => {
    expect(names(run([node('node-1'), ...pods], threshold), 'delete')).toEqual(deleted);
  });

  it('takes the pods of a node that is gone after 40 s, and fails the one that runs', () => {
    const pods = [aged('a', 1, 'Failed'), aged('b', 2, 'Succeeded'), aged('c', 3, 'Running')];
    const first = run(pods);
    expect(first).toMatchObject({ steps: [], again: 20 * SECOND });
    const second = run(pods, 12_500, seconds(39), first.memory);
    expect(second.steps).toEqual([]);
    const third = run(pods, 12_500, seconds(40), second.memory);
    expect(names(third, 'delete')).toEqual(['a', 'b', 'c']);
    expect(names(third, 'patch')).toEqual(['c']);
    expect(third.steps).toContainEqual(
      expect.objectContaining({
        op: 'patch',
        patch: expect.objectContaining({
          status: {
            phase: 'Failed',
            conditions: [
              expect.objectContaining({
                type: 'DisruptionTarget',
                reason: 'DeletionByPodGC',
                message: 'PodGC: node no longer exists',
              }),
            ],
          },
        }),
      }),
    );
    expect(run([node('node-1'), ...pods], 12_500, seconds(40), second.memory).steps).toEqual([]);
  });

  it('takes pods that were deleted before they were bound', () => {
    const unbound = (name: string, phase: string): Pod => aged(name, 1, phase, { nodeName: '', deleting: true });
    const plan = run([unbound('a', 'Failed'), unbound('b', 'Succeeded'), unbound('c', 'Running')]);
    expect(names(plan, 'delete')).toEqual(['a', 'b', 'c']);
    expect(names(plan, 'patch')).toEqual(['c']);
  });

  const outOfService = { key: 'node.kubernetes.io/out-of-service', effect: 'NoSchedule' as const };
  it.each<[string, Node, string[]]>([
    ['not Ready and out of service', node('node-1', { ready: 'Unknown', taints: [outOfService] }), ['a']],
    ['not Ready only', node('node-1', { ready: 'Unknown' }), []],
    ['Ready and out of service', node('node-1', { taints: [outOfService] }), []],
  ])('of a node %s', (_, given, deleted) => {
    expect(names(run([given, aged('a', 1, 'Running', { deleting: true }), aged('b', 1, 'Running')]), 'delete')).toEqual(
      deleted,
    );
  });
});
