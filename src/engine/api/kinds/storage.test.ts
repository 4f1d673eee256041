/** @source kubernetes pkg/apis/storage/validation/validation_test.go, pkg/apis/core/validation/validation_test.go (volumes and claims) */
import { describe, expect, it } from 'vitest';
import { resourceByKind } from '../registry';
import { createRefusal, defaulted, updateRefusal } from '../testing';

const of =
  <K extends string>(apiVersion: string, kind: K, name: string) =>
  (fields: object) => ({ apiVersion, kind, metadata: { name }, ...fields });
const volume = (spec: object) =>
  of(
    'v1',
    'PersistentVolume',
    'v',
  )({
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' }, ...spec },
  });
const claim = (spec: object) =>
  of(
    'v1',
    'PersistentVolumeClaim',
    'c',
  )({
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });
const bound = (size: string) => ({
  ...claim({ volumeName: 'v', resources: { requests: { storage: size } } }),
  status: { phase: 'Bound', capacity: { storage: '2Gi' } },
});
const storageClass = of('storage.k8s.io/v1', 'StorageClass', 's');
const driver = (spec: object) => of('storage.k8s.io/v1', 'CSIDriver', 'd')({ spec });
const csiNode = (...drivers: readonly object[]) => of('storage.k8s.io/v1', 'CSINode', 'n')({ spec: { drivers } });
const attachment = (spec: object) =>
  of('storage.k8s.io/v1', 'VolumeAttachment', 'a')({ spec: { attacher: 'x.io', nodeName: 'n1', ...spec } });

const V = 'PersistentVolume "v" is invalid: ';
const C = 'PersistentVolumeClaim "c" is invalid: ';
const S = 'StorageClass.storage.k8s.io "s" is invalid: ';
const IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

describe('what may not be created', () => {
  it.each([
    [
      'claim without mode and size',
      claim({ accessModes: [], resources: {} }),
      `${C}[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]`,
    ],
    [
      'access mode',
      claim({ accessModes: ['RWO'] }),
      `${C}spec.accessModes: Unsupported value: "RWO": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"`,
    ],
    [
      'single pod and others',
      claim({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
      `${C}spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes`,
    ],
    [
      'no room',
      claim({ resources: { requests: { storage: '0' } } }),
      `${C}spec.resources[storage]: Invalid value: "0": must be greater than zero`,
    ],
    [
      'volume mode',
      claim({ volumeMode: 'File' }),
      `${C}spec.volumeMode: Unsupported value: "File": supported values: "Block", "Filesystem"`,
    ],
    ['no source', volume({ hostPath: undefined }), `${V}spec: Required value: must specify a volume type`],
    [
      'two sources',
      volume({ nfs: { server: 's', path: '/' } }),
      `${V}spec.nfs: Forbidden: may not specify more than 1 volume type`,
    ],
    [
      'capacity',
      volume({ capacity: { cpu: '1' } }),
      `${V}spec.capacity: Unsupported value: {"cpu":"1"}: supported values: "storage"`,
    ],
    [
      'reclaim policy',
      volume({ persistentVolumeReclaimPolicy: 'Keep' }),
      `${V}spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"`,
    ],
    [
      'recycled root',
      volume({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
      `${V}spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'`,
    ],
    [
      'local without node',
      volume({ hostPath: undefined, local: { path: '/d' } }),
      `${V}spec.nodeAffinity: Required value: Local volume requires node affinity`,
    ],
    [
      'empty node affinity',
      volume({ nodeAffinity: { required: { nodeSelectorTerms: [] } } }),
      `${V}spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term`,
    ],
    ['no provisioner', storageClass({}), `${S}provisioner: Required value`],
    [
      'binding mode',
      storageClass({ provisioner: 'a/b', volumeBindingMode: 'Late', reclaimPolicy: 'Recycle' }),
      `${S}[reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain", volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"]`,
    ],
    [
      'topology twice',
      storageClass({
        provisioner: 'a/b',
        allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] }],
      }),
      `${S}allowedTopologies.matchLabelExpressions[0].values[1]: Duplicate value: "a"`,
    ],
    [
      'group policy',
      driver({ fsGroupPolicy: 'Any' }),
      'CSIDriver.storage.k8s.io "d" is invalid: spec.fsGroupPolicy: Unsupported value: "Any": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
    [
      'driver twice',
      csiNode({ name: 'a.io', nodeID: 'x' }, { name: 'a.io', nodeID: '' }),
      'CSINode.storage.k8s.io "n" is invalid: [spec.drivers[1].nodeID: Required value, spec.drivers[1].name: Duplicate value: "a.io"]',
    ],
    [
      'attachment of nothing',
      attachment({ source: {} }),
      'VolumeAttachment.storage.k8s.io "a" is invalid: spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ],
  ])('%s', (_, manifest, message) => {
    expect(createRefusal(manifest as never)).toBe(message);
  });
});

describe('what may not change', () => {
  const old = storageClass({ provisioner: 'a/b' });
  it.each([
    [
      'provisioner',
      old,
      storageClass({ provisioner: 'a/c' }),
      `${S}provisioner: Forbidden: updates to provisioner are forbidden.`,
    ],
    [
      'parameters',
      old,
      { ...old, parameters: { a: 'b' } },
      `${S}parameters: Forbidden: updates to parameters are forbidden.`,
    ],
    ['expansion', old, { ...old, allowVolumeExpansion: true }, undefined],
    [
      'class of a claim',
      claim({ storageClassName: 'a' }),
      claim({ storageClassName: 'b' }),
      `${C}spec: Forbidden: ${IMMUTABLE}
@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "",
- "StorageClassName": "a",
+ "StorageClassName": "b",
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,
`,
    ],
    ['class of a claim without', claim({}), claim({ storageClassName: 'b' }), undefined],
    ['volume of a claim, once', claim({}), claim({ volumeName: 'v' }), undefined],
    [
      'volume of a claim, twice',
      claim({ volumeName: 'v' }),
      claim({ volumeName: 'w' }),
      `${C}spec: Forbidden: ${IMMUTABLE}
@@ -9,7 +9,7 @@
    "storage": "1Gi"
   }
  },
- "VolumeName": "v",
+ "VolumeName": "w",
  "StorageClassName": null,
  "VolumeMode": "Filesystem",
  "DataSource": null,
`,
    ],
    [
      'size of a claim',
      claim({}),
      claim({ resources: { requests: { storage: '2Gi' } } }),
      `${C}spec: Forbidden: ${IMMUTABLE}
@@ -6,7 +6,7 @@
  "Resources": {
   "Limits": null,
   "Requests": {
-   "storage": "1Gi"
+   "storage": "2Gi"
   }
  },
  "VolumeName": "",
`,
    ],
    ['growth', bound('2Gi'), bound('3Gi'), undefined],
    ['growth taken back', bound('5Gi'), bound('3Gi'), undefined],
    [
      'shrinking',
      bound('5Gi'),
      bound('1Gi'),
      `${C}spec.resources.requests.storage: Forbidden: field can not be less than status.capacity`,
    ],
    [
      'source of a volume',
      volume({}),
      volume({ hostPath: { path: '/e' } }),
      `${V}spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation
@@ -2,7 +2,7 @@
  "GCEPersistentDisk": null,
  "AWSElasticBlockStore": null,
  "HostPath": {
-  "Path": "/d",
+  "Path": "/e",
   "Type": ""
  },
  "Glusterfs": null,
`,
    ],
    ['claim of a volume', volume({}), volume({ claimRef: { name: 'c', namespace: 'default' } }), undefined],
    [
      'attachment',
      attachment({ source: { persistentVolumeName: 'v' } }),
      attachment({ source: { persistentVolumeName: 'w' } }),
      'VolumeAttachment.storage.k8s.io "a" is invalid: spec: Invalid value: {"Attacher":"x.io","Source":{"PersistentVolumeName":"w","InlineVolumeSpec":null},"NodeName":"n1"}: field is immutable',
    ],
    [
      'driver',
      driver({}),
      driver({ attachRequired: false }),
      'CSIDriver.storage.k8s.io "d" is invalid: spec.attachedRequired: Invalid value: false: field is immutable',
    ],
  ])('%s', (_, before, next, message) => {
    expect(updateRefusal(before as never, next as never)).toBe(message);
  });
});

it('fills what is left out', () => {
  expect(defaulted(storageClass({}) as never)).toMatchObject({
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  });
  expect(defaulted(volume({}) as never)).toMatchObject({
    spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', hostPath: { path: '/d', type: '' } },
  });
  expect(defaulted(driver({}) as never)).toMatchObject({
    spec: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      volumeLifecycleModes: ['Persistent'],
    },
  });
  const { rules } = resourceByKind('v1', 'PersistentVolumeClaim') ?? {};
  const dataSource = { kind: 'PersistentVolumeClaim', name: 'old' };
  expect(rules?.prepareForCreate(defaulted(claim({ dataSource }) as never))).toMatchObject({
    spec: { volumeMode: 'Filesystem', dataSource, dataSourceRef: dataSource },
    status: { phase: 'Pending' },
  });
});
