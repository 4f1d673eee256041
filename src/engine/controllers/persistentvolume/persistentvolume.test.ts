// long: the vectors of four test files of upstream
/** @source kubernetes pkg/controller/volume/persistentvolume/{binder,index,delete,recycle}_test.go */
import { describe, expect, it } from 'vitest';
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Pod } from '#engine/api/types';
import type { Change } from '#engine/client/plan';
import { meta, pod } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { applyPlan, type World, world } from '../testing/apply';
import { bestVolume } from './claims';
import { persistentVolumeBinder } from './controller';

type Spec = Record<string, unknown>;
interface More {
  readonly class?: string;
  readonly modes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly mode?: string;
  readonly policy?: string;
  readonly marks?: Readonly<Record<string, string>>;
  readonly spec?: Spec;
}

const BY_CONTROLLER = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
const COMPLETED = { 'pv.kubernetes.io/bind-completed': 'yes' };
const BOTH = { ...BY_CONTROLLER, ...COMPLETED };

/** @param claim - `name`, `name=uid` or nothing */
function volume(name: string, size: string, claim: string, phase: string, more: More = {}): PersistentVolume {
  const [claimName = '', uid] = claim.split('=');
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      ...meta('Node', name, { uid: `uid-${name}`, annotations: more.marks ?? {} }),
      ...(more.labels === undefined ? {} : { labels: more.labels }),
    },
    spec: {
      capacity: { storage: size },
      accessModes: more.modes ?? ['ReadWriteOnce', 'ReadOnlyMany'],
      persistentVolumeReclaimPolicy: more.policy ?? 'Retain',
      storageClassName: more.class ?? '',
      volumeMode: more.mode ?? 'Filesystem',
      ...(claim === ''
        ? {}
        : { claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: claimName, ...(uid && { uid }) } }),
      ...more.spec,
    },
    status: { phase },
  } as unknown as PersistentVolume;
}

function claim(name: string, size: string, volumeName: string, phase: string, more: More = {}): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('PersistentVolumeClaim', name, { uid: 'u', annotations: more.marks ?? {} }),
    spec: {
      accessModes: more.modes ?? ['ReadWriteOnce', 'ReadOnlyMany'],
      resources: { requests: { storage: size } },
      volumeMode: more.mode ?? 'Filesystem',
      ...(volumeName === '' ? {} : { volumeName }),
      ...(more.class === undefined ? {} : { storageClassName: more.class }),
      ...(more.labels === undefined ? {} : { selector: { matchLabels: more.labels } }),
      ...more.spec,
    },
    status: { phase },
  } as unknown as PersistentVolumeClaim;
}

const storageClass = (name: string, more: object = {}): KubeObject =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: meta('Node', name, { uid: name }),
    provisioner: 'example.com/disk',
    volumeBindingMode: 'Immediate',
    ...more,
  }) as unknown as KubeObject;
const WAIT = storageClass('wait', { volumeBindingMode: 'WaitForFirstConsumer' });

/** Takes one key up until nothing is left to do. A claim that the caches do not have is not there. */
function sync(key: string, ...objects: readonly KubeObject[]): World {
  let now = world(...objects);
  let answers: readonly { path: string; code: number; body: unknown }[] = [];
  for (let turn = 0; turn < 8; turn++) {
    const plan = persistentVolumeBinder.reconcile(viewOfObjects(now.objects), key, situation({ answers }));
    answers = plan.steps.flatMap((step) => (step.op === 'read' ? [{ path: step.path, code: 404, body: null }] : []));
    if (answers.length > 0) continue;
    if (!plan.steps.some(({ op }) => op !== 'event')) return applyPlan(now, plan);
    const next = applyPlan(now, plan);
    now = next;
  }
  throw new Error('no end');
}

/** Volumes and claims in short: `name phase claim marks`. */
const marksOf = ({ annotations = {} }: KubeObject['metadata']): string =>
  (['pv.kubernetes.io/bound-by-controller', 'pv.kubernetes.io/bind-completed'] as const)
    .map((name, at) => (annotations[name] === undefined ? '' : 'BC'[at]!))
    .join('');

const shown = (objects: readonly KubeObject[]): readonly string[] =>
  objects.flatMap((object) => {
    if (object.kind === 'PersistentVolume') {
      const { metadata, spec, status } = object as PersistentVolume;
      const { name, uid } = spec?.claimRef ?? {};
      return [`${metadata.name} ${status?.phase} ${name ?? '-'}${uid ? `=${uid}` : ''} ${marksOf(metadata)}`.trimEnd()];
    }
    if (object.kind !== 'PersistentVolumeClaim') return [];
    const { metadata, spec, status } = object as PersistentVolumeClaim;
    return [`${metadata.name} ${status?.phase} ${spec?.volumeName ?? '-'} ${marksOf(metadata)}`.trimEnd()];
  });

const reasons = ({ events }: World): readonly string[] => [
  ...new Set(events.map((event) => event.split(' ').slice(0, 2).join(' '))),
];

type Vector = [name: string, objects: readonly KubeObject[], expected: readonly string[], events?: readonly string[]];
const LABELS = { foo: 'true', bar: 'false' };
const FREE = 'Available';
const NO_MATCH = ['Normal FailedBinding'];

describe('syncClaim (TestSync, sets 1 to 3 and 13, TestSyncBlockVolume)', () => {
  const block = { mode: 'Block' };
  const bound = ['v Bound c=u B', 'c Bound v BC'];
  const unmoved = ['v Available -', 'c Pending -'];
  it.each<Vector>([
    ['1-1 successful bind', [volume('v', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending')], bound],
    ['1-2 noop', [volume('v', '1Gi', '', FREE), claim('c', '10Gi', '', 'Pending')], unmoved, NO_MATCH],
    ['1-3 reset to Pending', [volume('v', '1Gi', '', FREE), claim('c', '10Gi', '', 'Bound')], unmoved, NO_MATCH],
    [
      '1-4 smallest volume',
      [volume('a', '10Gi', '', FREE), volume('v', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending')],
      ['a Available -', ...bound],
    ],
    [
      '1-5 prebound volume by name',
      [volume('v', '10Gi', 'c', FREE), volume('w', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending')],
      ['v Bound c=u', 'w Available -', 'c Bound v BC'],
    ],
    [
      '1-6 prebound volume by UID',
      [volume('v', '10Gi', 'c=u', FREE), volume('w', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending')],
      ['v Bound c=u', 'w Available -', 'c Bound v BC'],
    ],
    [
      '1-7 prebound volume to different claim',
      [volume('v', '10Gi', 'c=x', FREE), claim('c', '1Gi', '', 'Pending')],
      ['v Available c=x', 'c Pending -'],
      NO_MATCH,
    ],
    [
      '1-8 complete bind after crash: volume bound',
      [volume('v', '1Gi', 'c=u', FREE, { marks: BY_CONTROLLER }), claim('c', '1Gi', '', 'Pending')],
      bound,
    ],
    [
      '1-9 complete bind after crash: status of volume saved',
      [volume('v', '1Gi', 'c=u', 'Bound', { marks: BY_CONTROLLER }), claim('c', '1Gi', '', 'Pending')],
      bound,
    ],
    [
      '1-10 complete bind after crash: claim bound',
      [
        volume('v', '1Gi', 'c=u', 'Bound', { marks: BY_CONTROLLER }),
        claim('c', '1Gi', 'v', 'Pending', { marks: BOTH }),
      ],
      bound,
    ],
    [
      '1-11 bind when selector matches',
      [volume('v', '1Gi', '', FREE, { labels: LABELS }), claim('c', '1Gi', '', 'Pending', { labels: LABELS })],
      bound,
    ],
    [
      '1-12 do not bind when selector does not match',
      [volume('v', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending', { labels: LABELS })],
      unmoved,
      NO_MATCH,
    ],
    [
      '1-13 delayed binding',
      [WAIT, volume('v', '1Gi', '', FREE, { class: 'wait' }), claim('c', '1Gi', '', 'Pending', { class: 'wait' })],
      unmoved,
      ['Normal WaitForFirstConsumer'],
    ],
    [
      '1-14 successful prebound volume',
      [WAIT, volume('v', '1Gi', 'c', FREE, { class: 'wait' }), claim('c', '1Gi', '', 'Pending', { class: 'wait' })],
      ['v Bound c=u', 'c Bound v BC'],
    ],
    [
      '1-15 successful prebound claim',
      [volume('v', '10Gi', '', FREE), volume('w', '1Gi', '', FREE), claim('c', '1Gi', 'v', 'Pending')],
      ['v Bound c=u B', 'w Available -', 'c Bound v C'],
    ],
    [
      '1-16 prebound claim of another access mode',
      [volume('v', '1Gi', '', FREE), claim('c', '1Gi', 'v', 'Pending', { modes: ['ReadWriteMany'] })],
      ['v Available -', 'c Pending v'],
      ['Warning VolumeMismatch'],
    ],
    [
      '1-17 skip volumes that are not available',
      [
        ...['Pending', 'Failed', 'Released', ''].map((phase) => volume(`v-${phase}`, '1Gi', '', phase)),
        claim('c', '1Gi', '', 'Pending'),
      ],
      ['v-Pending Pending -', 'v-Failed Failed -', 'v-Released Released -', 'v-  -', 'c Pending -'],
      NO_MATCH,
    ],
    [
      '1-18 prebound volume of a claim with a node',
      [
        WAIT,
        volume('v', '1Gi', 'c=u', FREE, { class: 'wait' }),
        claim('c', '1Gi', '', 'Pending', { class: 'wait', marks: { 'volume.kubernetes.io/selected-node': 'node1' } }),
      ],
      ['v Bound c=u', 'c Bound v BC'],
    ],
    ['2-1 prebound to non-existing volume', [claim('c', '10Gi', 'v', 'Pending')], ['c Pending v']],
    ['2-2 prebound to non-existing volume: reset', [claim('c', '10Gi', 'v', 'Bound')], ['c Pending v']],
    [
      '2-3 prebound to unbound volume',
      [volume('v', '1Gi', '', FREE), claim('c', '1Gi', 'v', 'Pending')],
      ['v Bound c=u B', 'c Bound v C'],
    ],
    [
      '2-4 prebound to prebound volume by name',
      [volume('v', '1Gi', 'c', FREE), claim('c', '1Gi', 'v', 'Pending')],
      ['v Bound c=u', 'c Bound v C'],
    ],
    [
      '2-5 prebound to prebound volume by UID',
      [volume('v', '1Gi', 'c=u', FREE), claim('c', '1Gi', 'v', 'Pending')],
      ['v Bound c=u', 'c Bound v C'],
    ],
    [
      '2-6 prebound to already bound volume',
      [volume('v', '1Gi', 'd=w', 'Bound'), claim('c', '1Gi', 'v', 'Bound')],
      ['v Bound d=w', 'c Pending v'],
      ['Warning FailedBinding'],
    ],
    [
      '2-7 bound by controller to already bound volume',
      [volume('v', '1Gi', 'd=w', 'Bound'), claim('c', '1Gi', 'v', 'Bound', { marks: BY_CONTROLLER })],
      ['v Bound d=w', 'c Bound v B'],
      ['Warning FailedBinding'],
    ],
    [
      '2-8 prebound to volume that does not match the selector',
      [volume('v', '1Gi', '', FREE), claim('c', '1Gi', 'v', 'Pending', { labels: LABELS })],
      ['v Bound c=u B', 'c Bound v C'],
    ],
    [
      '2-9 prebound to smaller volume',
      [volume('v', '1Gi', '', FREE), claim('c', '2Gi', 'v', 'Bound')],
      ['v Available -', 'c Pending v'],
      ['Warning VolumeMismatch'],
    ],
    [
      '2-10 prebound to volume of another class',
      [volume('v', '1Gi', '', FREE, { class: 'gold' }), claim('c', '1Gi', 'v', 'Bound')],
      ['v Available -', 'c Pending v'],
      ['Warning VolumeMismatch'],
    ],
    [
      '3-1 missing VolumeName',
      [claim('c', '10Gi', '', 'Bound', { marks: BOTH })],
      ['c Lost - BC'],
      ['Warning ClaimLost'],
    ],
    ['3-2 missing volume', [claim('c', '10Gi', 'v', 'Bound', { marks: BOTH })], ['c Lost v BC'], ['Warning ClaimLost']],
    [
      '3-3 bound claim with unbound volume',
      [volume('v', '10Gi', '', FREE), claim('c', '10Gi', 'v', 'Pending', { marks: BOTH })],
      bound,
    ],
    [
      '3-4 bound claim with prebound volume',
      [volume('v', '10Gi', 'c=x', FREE), claim('c', '10Gi', 'v', 'Pending', { marks: BOTH })],
      ['v Available c=x', 'c Lost v BC'],
      ['Warning ClaimMisbound'],
    ],
    [
      '3-5 bound claim with bound volume',
      [volume('v', '10Gi', 'c=u', FREE), claim('c', '10Gi', 'v', 'Pending', { marks: COMPLETED })],
      ['v Bound c=u', 'c Bound v C'],
    ],
    [
      '3-6 volume of another claim',
      [volume('v', '10Gi', 'd=x', FREE), claim('c', '10Gi', 'v', 'Pending', { marks: COMPLETED })],
      ['v Available d=x', 'c Lost v C'],
      ['Warning ClaimMisbound'],
    ],
    [
      '3-7 unbound volume that the selector does not match',
      [volume('v', '10Gi', '', FREE), claim('c', '10Gi', 'v', 'Pending', { marks: BOTH, labels: LABELS })],
      bound,
    ],
    [
      '13-1 binding to class',
      [
        volume('a', '1Gi', '', FREE),
        volume('v', '10Gi', '', FREE, { class: 'gold' }),
        claim('c', '1Gi', '', 'Pending', { class: 'gold' }),
      ],
      ['a Available -', ...bound],
    ],
    [
      '13-2 binding without a class',
      [
        volume('a', '1Gi', '', FREE, { class: 'gold' }),
        volume('v', '10Gi', '', FREE),
        claim('c', '1Gi', '', 'Pending'),
      ],
      ['a Available -', ...bound],
    ],
    [
      '13-3 binding to a specific class',
      [
        volume('a', '1Gi', '', FREE, { class: 'silver' }),
        volume('v', '10Gi', '', FREE, { class: 'gold' }),
        claim('c', '1Gi', '', 'Pending', { class: 'gold' }),
      ],
      ['a Available -', ...bound],
    ],
    ['13-4 empty class', [volume('v', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending', { class: '' })], bound],
    ['13-5 nil class', [volume('v', '1Gi', '', FREE), claim('c', '1Gi', '', 'Pending')], bound],
    ['14-1 block', [volume('v', '10Gi', '', FREE, block), claim('c', '10Gi', '', 'Pending', block)], bound],
    ['14-2 filesystem', [volume('v', '10Gi', '', FREE), claim('c', '10Gi', '', 'Pending')], bound],
    [
      '14-3 filesystem for block',
      [volume('v', '10Gi', '', FREE), claim('c', '10Gi', '', 'Pending', block)],
      unmoved,
      NO_MATCH,
    ],
    [
      '14-4 block for filesystem',
      [volume('v', '10Gi', '', FREE, block), claim('c', '10Gi', '', 'Pending')],
      unmoved,
      NO_MATCH,
    ],
    [
      '14-5 same class, other mode',
      [
        volume('v', '10Gi', '', FREE, { class: 'gold' }),
        claim('c', '10Gi', '', 'Pending', { class: 'gold', mode: 'Block' }),
      ],
      unmoved,
      ['Warning ProvisioningFailed'],
    ],
    [
      '14-5-1 same mode, other class',
      [volume('v', '10Gi', '', FREE, { class: 'gold' }), claim('c', '10Gi', '', 'Pending', { class: 'silver' })],
      unmoved,
      ['Warning ProvisioningFailed'],
    ],
    [
      '14-5-2 prebound, same mode, other class',
      [volume('v', '10Gi', '', FREE, { class: 'gold' }), claim('c', '10Gi', 'v', 'Pending', { class: 'silver' })],
      ['v Available -', 'c Pending v'],
      ['Warning VolumeMismatch'],
    ],
    [
      '14-7 prebound volume, same mode',
      [volume('v', '10Gi', 'c', FREE, block), claim('c', '10Gi', '', 'Pending', block)],
      ['v Bound c=u', 'c Bound v BC'],
    ],
    [
      '14-8 prebound claim, other mode',
      [volume('v', '10Gi', '', FREE, block), claim('c', '10Gi', 'v', 'Pending')],
      ['v Available -', 'c Pending v'],
      ['Warning VolumeMismatch'],
    ],
    [
      '14-8-1 prebound volume, other mode',
      [volume('v', '10Gi', 'c', FREE, block), claim('c', '10Gi', '', 'Pending')],
      ['v Available c', 'c Pending -'],
      NO_MATCH,
    ],
    [
      '14-9 prebound claim, block',
      [volume('v', '10Gi', '', FREE, block), claim('c', '10Gi', 'v', 'Pending', block)],
      ['v Bound c=u B', 'c Bound v C'],
    ],
    [
      '14-10 prebound volume, block',
      [volume('v', '10Gi', 'c', FREE, block), claim('c', '10Gi', '', 'Pending', block)],
      ['v Bound c=u', 'c Bound v BC'],
    ],
    [
      '14-11 prebound claim, filesystem',
      [volume('v', '10Gi', '', FREE), claim('c', '10Gi', 'v', 'Pending')],
      ['v Bound c=u B', 'c Bound v C'],
    ],
    [
      '14-12 prebound volume, filesystem',
      [volume('v', '10Gi', 'c', FREE), claim('c', '10Gi', '', 'Pending')],
      ['v Bound c=u', 'c Bound v BC'],
    ],
  ])('%s', (_, objects, expected, events = []) => {
    const after = sync('claim:default/c', ...objects);
    expect(shown(after.objects)).toEqual(expected);
    expect(reasons(after)).toEqual(events);
  });

  it('a bound claim says how large its volume is and how it can be used', () => {
    const after = sync('claim:default/c', volume('v', '10Gi', '', FREE), claim('c', '1Gi', '', 'Pending'));
    const found = after.objects.find(({ kind }) => kind === 'PersistentVolumeClaim') as PersistentVolumeClaim;
    expect(found.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      capacity: { storage: '10Gi' },
    });
  });

  it('a bound claim may say another size than its volume', () => {
    const grown = claim('c', '1Gi', 'v', 'Bound', { marks: BOTH });
    const status = { phase: 'Bound', accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], capacity: { storage: '1Gi' } };
    const objects = [volume('v', '10Gi', 'c=u', 'Bound'), { ...grown, status } as PersistentVolumeClaim];
    expect(sync('claim:default/c', ...objects).revision).toBe(1);
  });
});

describe('syncVolume (TestSync set 4, TestSyncBlockVolume, TestDeleteSync, TestRecycleSync)', () => {
  const missing = { policy: 'Delete', marks: BY_CONTROLLER };
  const provisioned = (by: string, uid = 'u'): PersistentVolume =>
    volume('v', '1Gi', `c=${uid}`, 'Bound', { policy: 'Delete', marks: { 'pv.kubernetes.io/provisioned-by': by } });
  const tmp = { spec: { hostPath: { path: '/tmp/data' } }, policy: 'Delete' };
  const nfs = { spec: { nfs: { server: 's', path: '/' } } };
  const byUser = pod('p', {
    spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
  });
  it.each<Vector>([
    ['4-1 pending volume', [volume('v', '10Gi', '', 'Pending')], ['v Available -']],
    ['4-2 pending prebound volume', [volume('v', '10Gi', 'c', 'Pending')], ['v Available c']],
    ['4-3 missing claim', [volume('v', '10Gi', 'c=u', 'Bound')], ['v Released c=u']],
    [
      '4-4 claim with different UID',
      [volume('v', '10Gi', 'c=x', 'Bound'), claim('c', '10Gi', 'v', 'Bound', { marks: COMPLETED })],
      ['v Released c=x', 'c Bound v C'],
    ],
    [
      '4-5 bound by controller to unbound claim',
      [volume('v', '10Gi', 'c=u', 'Bound', { marks: BY_CONTROLLER }), claim('c', '10Gi', '', 'Pending')],
      ['v Bound c=u B', 'c Pending -'],
    ],
    [
      '4-5 bound by user to unbound claim',
      [volume('v', '10Gi', 'c=u', 'Bound'), claim('c', '10Gi', '', 'Pending')],
      ['v Bound c=u', 'c Pending -'],
    ],
    [
      '4-6 bound claim',
      [volume('v', '10Gi', 'c=u', FREE), claim('c', '10Gi', 'v', 'Bound')],
      ['v Bound c=u', 'c Bound v'],
    ],
    [
      '4-7 bound by controller to claim bound elsewhere',
      [volume('v', '10Gi', 'c=u', 'Bound', { marks: BY_CONTROLLER }), claim('c', '10Gi', 'w', 'Bound')],
      ['v Available -', 'c Bound w'],
    ],
    [
      '4-8 bound by user to claim bound elsewhere',
      [volume('v', '10Gi', 'c=u', 'Bound'), claim('c', '10Gi', 'w', 'Bound')],
      ['v Available c', 'c Bound w'],
    ],
    [
      '14-13 claim of another mode',
      [
        volume('v', '10Gi', 'c=u', FREE, { marks: BY_CONTROLLER }),
        claim('c', '10Gi', '', 'Pending', { mode: 'Block' }),
      ],
      ['v Available c=u B', 'c Pending -'],
      ['Warning VolumeMismatch'],
    ],
    [
      '14-14 claim of the same mode',
      [volume('v', '10Gi', 'c=u', FREE, { marks: BY_CONTROLLER }), claim('c', '10Gi', '', 'Pending')],
      ['v Available c=u B', 'c Pending -'],
    ],
    ['8-1 successful delete', [volume('v', '1Gi', 'c=u', 'Bound', { ...tmp, marks: BY_CONTROLLER })], []],
    ['8-2 successful delete of prebound volume', [volume('v', '1Gi', 'c=u', 'Bound', tmp)], []],
    [
      '8-3 plugin not found',
      [volume('v', '1Gi', 'c=u', 'Bound', { policy: 'Delete' })],
      ['v Failed c=u'],
      ['Warning VolumeFailedDelete'],
    ],
    [
      '8-7 claim is there after all',
      [volume('v', '1Gi', 'c=u', 'Bound', missing), claim('c', '10Gi', 'v', 'Bound')],
      ['v Bound c=u B', 'c Bound v'],
    ],
    [
      '8-9 prebound volume, another claim of the name',
      [volume('v', '1Gi', 'c=x', 'Bound', tmp), claim('c', '10Gi', '', 'Pending')],
      ['c Pending -'],
    ],
    ['8-10 external deleter', [provisioned('external.io/test')], ['v Released c=u']],
    [
      '8-12 two volumes externally provisioned for a claim',
      [provisioned('external.io/test'), claim('c', '10Gi', 'w', 'Bound')],
      ['v Released c=u', 'c Bound w'],
    ],
    [
      '6-1 successful recycle',
      [volume('v', '1Gi', 'c=u', 'Bound', { ...nfs, policy: 'Recycle', marks: BY_CONTROLLER })],
      ['v Available -'],
      ['Normal VolumeRecycled'],
    ],
    [
      '6-2 successful recycle with prebound volume',
      [volume('v', '1Gi', 'c=u', 'Bound', { ...nfs, policy: 'Recycle' })],
      ['v Available c'],
      ['Normal VolumeRecycled'],
    ],
    [
      '6-3 plugin not found',
      [volume('v', '1Gi', 'c=u', 'Bound', { policy: 'Recycle' })],
      ['v Failed c=u'],
      ['Warning VolumeFailedRecycle'],
    ],
    [
      '6-11 used by a pod',
      [volume('v', '1Gi', 'c=u', 'Bound', { ...nfs, policy: 'Recycle' }), byUser],
      ['v Released c=u'],
      ['Normal VolumeFailedRecycle'],
    ],
  ])('%s', (_, objects, expected, events = []) => {
    const after = sync('volume:v', ...objects);
    expect(shown(after.objects)).toEqual(expected);
    expect(reasons(after)).toEqual(events);
  });

  it('two volumes for one claim: one wins, the other is free again (10-2)', () => {
    const two = ['v', 'w'].map((name) => volume(name, '1Gi', 'c=u', 'Bound', { marks: BY_CONTROLLER }));
    const first = sync('volume:w', ...two, claim('c', '1Gi', 'v', 'Bound', { marks: BOTH }));
    expect(shown(sync('volume:v', ...first.objects).objects)).toEqual([
      'v Bound c=u B',
      'w Available -',
      'c Bound v BC',
    ]);
  });

  it('a claim that only the cache lacks is not gone', () => {
    const view = viewOfObjects([volume('v', '1Gi', 'c=u', 'Bound')]);
    const [step] = persistentVolumeBinder.reconcile(view, 'volume:v', situation()).steps;
    expect(step).toEqual({ op: 'read', path: '/api/v1/namespaces/default/persistentvolumeclaims/c' });
    const answers = [
      { path: '/api/v1/namespaces/default/persistentvolumeclaims/c', code: 200, body: claim('c', '1Gi', 'v', 'Bound') },
    ];
    expect(persistentVolumeBinder.reconcile(view, 'volume:v', situation({ answers })).steps).toEqual([]);
  });
});

describe('the choice of a volume (TestMatchVolume, TestFindingVolumeWithDifferentAccessModes, TestFindingPreboundVolumes)', () => {
  const [RWO, ROX, RWX] = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'];
  const nfs = { modes: [RWO, ROX, RWX] };
  const once = { modes: [RWO] };
  const marked = { labels: { 'should-exist': 'true' } };
  const volumes = [
    volume('gce-pd-10', '10G', '', FREE),
    volume('gce-pd-20', '20G', 'd=e', FREE),
    volume('nfs-5', '5G', '', FREE, nfs),
    volume('gce-pd-1', '1G', 'a=b', FREE),
    volume('nfs-10', '10G', '', FREE, nfs),
    volume('gce-pd-5', '5G', '', FREE),
    volume('nfs-1', '1G', '', FREE, nfs),
    volume('gce-pd-2', '20000G', '', FREE, { ...once, ...marked }),
    volume('gce-pd-silver1', '10000G', '', FREE, { ...once, ...marked, class: 'silver' }),
    volume('gce-pd-silver2', '100G', '', FREE, { ...once, class: 'silver' }),
    volume('gce-pd-gold', '50G', '', FREE, { ...once, class: 'gold' }),
    volume('gce-pd-large', '803901234567890123456', '', FREE, { ...once, class: 'large' }),
  ];
  it.each<[string, More, string | undefined]>([
    ['8G', {}, 'gce-pd-10'],
    ['5G', nfs, 'nfs-5'],
    ['1G', {}, 'gce-pd-5'],
    ['999G', {}, undefined],
    ['999G', { labels: { 'should-not-exist': 'true' } }, undefined],
    ['20000G', marked, undefined],
    ['20000G', { ...once, ...marked }, 'gce-pd-2'],
    ['1G', { ...once, ...marked, class: 'silver' }, 'gce-pd-silver1'],
    ['1G', { ...once, class: 'silver' }, 'gce-pd-silver2'],
    ['800E', { ...once, class: 'large' }, 'gce-pd-large'],
    ['950E', { ...once, class: 'large' }, undefined],
  ])('%s %j: %s', (size, more, expected) =>
    expect(bestVolume(claim('c', size, '', 'Pending', more), volumes, false)?.metadata.name).toBe(expected),
  );

  it.each<[readonly string[], string, string]>([
    [[RWO], '', 'ebs'],
    [[RWO, ROX], '', 'gce'],
    [[RWX, RWO, ROX], '', 'nfs'],
    [[RWX], '', 'nfs'],
    [[RWO], 'ebs', 'gce'],
    [[RWO], 'ebs gce', 'nfs'],
    [[ROX], '', 'gce'],
  ])('%j without %s: %s', (modes, taken, expected) => {
    const kinds: readonly [string, readonly string[]][] = [
      ['gce', [RWO, ROX]],
      ['ebs', [RWO]],
      ['nfs', [RWO, ROX, RWX]],
    ];
    const free = kinds.map(([name, has]) =>
      volume(name, '10G', taken.includes(name) ? 'other=x' : '', FREE, { modes: has }),
    );
    expect(bestVolume(claim('c', '1G', '', 'Pending', { modes }), free, false)?.metadata.name).toBe(expected);
  });

  it.each<[string, string, string]>([
    ['', '', 'pv1'],
    ['pv1', 'foo', 'pv5'],
    ['pv8', 'c', 'pv8'],
    ['bad-size', 'c', 'pv1'],
    ['bad-mode', 'c', 'pv1'],
  ])('with %s for claim %s: %s', (taken, by, expected) => {
    const sizes = { pv1: '1Gi', pv5: '5Gi', pv8: '8Gi', 'bad-size': '1Mi', 'bad-mode': '1Gi' };
    const all = Object.entries(sizes).map(([name, size]) =>
      volume(name, size, name === taken ? by : '', FREE, { modes: [name === 'bad-mode' ? ROX : RWO] }),
    );
    expect(bestVolume(claim('c', '1Gi', '', 'Pending', { modes: [RWO] }), all, false)?.metadata.name).toBe(expected);
  });
});

describe('words', () => {
  const waiting = claim('c', '1Gi', '', 'Pending', { class: 'wait' });
  const user = (name: string, nodeName = ''): Pod =>
    pod(name, {
      spec: { nodeName, volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
      status: { phase: 'Pending' },
    });
  const disk = claim('c', '1Gi', '', 'Pending', { class: 'disk' });
  const external =
    "Normal ExternalProvisioning Waiting for a volume to be created either by the external provisioner 'example.com/disk' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
  it.each<[readonly KubeObject[], string]>([
    [
      [claim('c', '1Gi', '', 'Pending')],
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ],
    [[WAIT, waiting], 'Normal WaitForFirstConsumer waiting for first consumer to be created before binding'],
    [[WAIT, waiting, user('a')], 'Normal WaitForPodScheduled waiting for pod a to be scheduled'],
    [[WAIT, waiting, user('a'), user('b')], 'Normal WaitForPodScheduled waiting for pods a,b to be scheduled'],
    [
      [WAIT, waiting, user('a', 'node-1')],
      'Normal WaitForFirstConsumer waiting for first consumer to be created before binding',
    ],
    [[disk], 'Warning ProvisioningFailed storageclass.storage.k8s.io "disk" not found'],
    [[disk, storageClass('disk')], external],
    [
      [disk, storageClass('disk', { provisioner: 'kubernetes.io/no-provisioner' })],
      'Warning ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
    ],
    [
      [volume('v', '1Gi', '', FREE), claim('c', '2Gi', 'v', 'Pending')],
      'Warning VolumeMismatch Cannot bind to requested volume "v": requested PV is too small',
    ],
    [
      [volume('v', '1Gi', 'd=w', FREE), claim('c', '1Gi', 'v', 'Pending')],
      'Warning FailedBinding volume "v" already bound to a different claim.',
    ],
    [
      [claim('c', '1Gi', 'v', 'Bound', { marks: BOTH })],
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ],
    [
      [claim('c', '1Gi', '', 'Bound', { marks: BOTH })],
      'Warning ClaimLost Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    ],
  ])('%#: %s', (objects, expected) => expect(sync('claim:default/c', ...objects).events).toContain(expected));

  it.each<[object, string]>([
    [
      { nfs: { server: 's', path: '/' } },
      'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
    ],
    [{ hostPath: { path: '/data' } }, 'host_path deleter only supports /tmp/.+ but received provided /data'],
  ])('%j cannot be deleted', (source, expected) => {
    const after = sync('volume:v', volume('v', '1Gi', 'c=u', 'Bound', { policy: 'Delete', spec: source as Spec }));
    expect(after.events).toEqual([`Warning VolumeFailedDelete ${expected}`]);
    expect((after.objects[0] as PersistentVolume).status).toEqual({ phase: 'Failed', message: expected });
  });

  it('a claim that was there before the default class gets it, and its provisioner is told', () => {
    const marked = storageClass('standard', {
      metadata: meta('Node', 'standard', { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }),
    });
    const after = sync('claim:default/c', marked, claim('c', '1Gi', '', 'Pending'));
    const found = after.objects.find(({ kind }) => kind === 'PersistentVolumeClaim') as PersistentVolumeClaim;
    expect(found.spec?.storageClassName).toBe('standard');
    expect(found.metadata.annotations).toEqual({
      'volume.beta.kubernetes.io/storage-provisioner': 'example.com/disk',
      'volume.kubernetes.io/storage-provisioner': 'example.com/disk',
    });
    const none = sync('claim:default/c', marked, claim('c', '1Gi', '', 'Pending', { class: '' }));
    expect(none.events[0]).toMatch(/^Normal FailedBinding/);
  });
});

describe('keys', () => {
  const keys = (change: unknown, ...objects: readonly KubeObject[]): readonly string[] =>
    persistentVolumeBinder.keysFor(change as Change, viewOfObjects(objects));
  it('a change of a claim or a volume touches both', () => {
    const bound = volume('v', '1Gi', 'c=u', 'Bound');
    const linked = claim('c', '1Gi', 'v', 'Bound');
    expect(keys({ kind: 'PersistentVolume', type: 'updated', object: bound })).toEqual(['volume:v', 'claim:default/c']);
    expect(keys({ kind: 'PersistentVolumeClaim', type: 'updated', object: linked })).toEqual([
      'claim:default/c',
      'volume:v',
    ]);
    expect(keys({ kind: 'PersistentVolumeClaim', type: 'deleted', object: linked }, bound)).toEqual(['volume:v']);
    const half = claim('c', '1Gi', '', 'Pending');
    expect(keys({ kind: 'PersistentVolumeClaim', type: 'deleted', object: half }, bound)).toEqual(['volume:v']);
    expect(keys({ kind: 'Pod', type: 'added', object: pod('p') })).toEqual([]);
  });
});
