import { describe, expect, it } from 'vitest';
import type { KubeObject, Pod, Toleration } from '#engine/api/types';
import { seconds } from '#engine/kernel/time';
import { at, node, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { taintEvictionController as controller } from './controller';
import { minTolerationTime, usedTolerations } from './toleration-time';

const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' as const, timeAdded: at(0) };
const tolerates = (tolerationSeconds?: number): Toleration => ({
  key: unreachable.key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});
const KEY = 'node-1/default/web';
const reconcile = (objects: readonly KubeObject[], second: number, memory = controller.initialMemory) =>
  controller.reconcile(viewOfObjects(objects), KEY, situation({ now: seconds(second), memory }));
const web = (tolerations: Toleration[]): Pod => pod('web', { spec: { tolerations } });
const tainted = node('node-1', { taints: [unreachable] });

// taint_eviction_test.go, TestGetMinTolerationTime
describe('the least toleration', () => {
  it.each<[(number | null)[], number | null]>([
    [[], 0],
    [[null], null],
    [[1, 2], 1],
    [[1, null], 1],
    [[null, 60], 60],
    [[-5, null], 0],
    [[0, 9], 0],
  ])('of %j seconds is %s', (all, expected) => {
    const least = minTolerationTime(all.map((each) => (each === null ? tolerates() : tolerates(each))));
    expect(least).toBe(expected === null ? null : seconds(expected));
  });

  it('needs every taint to be tolerated', () => {
    const other = { key: 'gone', effect: 'NoExecute' as const };
    expect(usedTolerations([unreachable, other], [tolerates(5)])).toBeNull();
    expect(usedTolerations([unreachable, other], [tolerates(5), { operator: 'Exists' }])).toHaveLength(2);
  });
});

describe('taint eviction', () => {
  it('deletes at once a pod that does not tolerate', () => {
    expect(reconcile([tainted, web([])], 0).steps).toMatchObject([
      {
        op: 'event',
        event: { type: 'Normal', reason: 'TaintManagerEviction', message: 'Marking for deletion Pod default/web' },
      },
      {
        op: 'patch',
        subresource: 'status',
        patch: {
          status: {
            conditions: [
              {
                type: 'DisruptionTarget',
                reason: 'DeletionByTaintManager',
                message: 'Taint manager: deleting due to NoExecute taint',
              },
            ],
          },
        },
      },
      { op: 'delete', target: { name: 'web' } },
    ]);
  });

  it('waits for the toleration to run out, and keeps the first schedule', () => {
    const first = reconcile([tainted, web([tolerates(300)])], 10);
    expect(first).toMatchObject({ steps: [], again: seconds(300) });
    const later = reconcile([tainted, web([tolerates(100)])], 20, first.memory);
    expect(later).toMatchObject({ steps: [], again: seconds(290) });
    const due = reconcile([tainted, web([tolerates(300)])], 310, first.memory);
    expect(due.steps).toHaveLength(3);
  });

  it('tries a refused deletion again without announcing it again', () => {
    const first = reconcile([tainted, web([])], 0);
    expect(reconcile([tainted, web([])], 1, first.memory).steps.map(({ op }) => op)).toEqual(['patch', 'delete']);
    const leaving = pod('web', { meta: { deletionTimestamp: at(1) } });
    const after = reconcile([tainted, leaving], 2, first.memory);
    expect(after.steps).toEqual([]);
    expect(after.memory?.timers.size).toBe(0);
  });

  it('cancels when the taint goes', () => {
    const first = reconcile([tainted, web([tolerates(300)])], 10);
    const after = reconcile([node('node-1'), web([tolerates(300)])], 60, first.memory);
    expect(after.steps).toMatchObject([
      { event: { reason: 'TaintManagerEviction', message: 'Cancelling deletion of Pod default/web' } },
    ]);
    expect(after.memory?.timers.size).toBe(0);
  });

  it('leaves alone who tolerates for ever', () => {
    expect(reconcile([tainted, web([tolerates()])], 0)).toEqual({ steps: [] });
  });

  it('looks at all pods of a node whose NoExecute taints changed, and at none for another change', () => {
    const view = viewOfObjects([tainted, web([]), pod('db')]);
    expect(controller.keysFor({ kind: 'Node', type: 'updated', object: tainted, old: node('node-1') }, view)).toEqual([
      'node-1/default/db',
      KEY,
    ]);
    expect(controller.keysFor({ kind: 'Node', type: 'updated', object: tainted, old: tainted }, view)).toEqual([]);
  });
});
