/** @source kubernetes pkg/controller/volume/expand/expand_controller_test.go */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { meta } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { expandController as controller } from './controller';

const claim = (size: string, phase = 'Bound'): KubeObject => {
  const made = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('PersistentVolumeClaim', 'c', { uid: 'u' }),
    spec: { volumeName: 'v', resources: { requests: { storage: size } } },
    status: { phase, capacity: { storage: '1Gi' } },
  };
  return made;
};
const volume = (uid: string): KubeObject => {
  const made = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: meta('Node', 'v', {}),
    spec: { claimRef: { namespace: 'default', name: 'c', uid } },
  };
  return made;
};

describe('a claim that has grown', () => {
  it.each<[string, readonly KubeObject[], readonly string[]]>([
    [
      'beyond its volume',
      [claim('2Gi'), volume('u')],
      ['ExternalExpanding waiting for an external controller to expand this PVC'],
    ],
    ['to what it is', [claim('1024Mi'), volume('u')], []],
    ['and lost its volume', [claim('2Gi')], []],
    ['and has the volume of another', [claim('2Gi'), volume('x')], []],
  ])('%s', (_, objects, expected) => {
    const { steps } = controller.reconcile(viewOfObjects(objects), 'default/c', situation());
    expect(steps.map((step) => (step.op === 'event' ? `${step.event.reason} ${step.event.message}` : step.op))).toEqual(
      expected,
    );
  });

  it('is looked at once for each size', () => {
    const keys = (object: KubeObject, old?: KubeObject): readonly string[] =>
      controller.keysFor(
        { kind: 'PersistentVolumeClaim', type: 'updated', object, old } as unknown as Change,
        viewOfObjects([]),
      );
    expect([keys(claim('2Gi'), claim('1Gi')), keys(claim('2Gi'), claim('2Gi')), keys(claim('2Gi', 'Pending'))]).toEqual(
      [['default/c'], [], []],
    );
  });
});
