/**
 * Persistent volumes and the claims on them.
 *
 * @source kubernetes pkg/apis/core/validation/validation.go (ValidatePersistentVolume, ValidatePersistentVolumeClaim), pkg/apis/core/v1/defaults.go
 * @simplified the messages about what is immutable come without upstream's diff; status.lastPhaseTransitionTime is not kept
 */
import { withDiskDefaults } from '../defaults/pod-spec';
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { goDiff, goValue } from '../go-types';
import { genericRules } from '../generic-rules';
import { deepEqual, semanticEqual, sortedKeys } from '../json';
import type { KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { canonicalQuantity, compareQuantities, type Quantity } from '../quantity';
import { withChanges, withDefaults, without } from '../structural-sharing';
import type { PersistentVolume, PersistentVolumeClaim } from '../types';
import { eachOf, oneOf } from '../validation/field-rules';
import { validateLabelSelector } from '../validation/label-selector';
import { immutable, invalidAll } from '../validation/object-meta';
import { validateNodeSelectorTerms } from '../validation/affinity';

type VolumeSpec = NonNullable<PersistentVolume['spec']>;
type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>;

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
/** All else of the spec of a volume is its source. */
const NOT_SOURCES = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function accessModeErrors(modes: readonly string[] = [], detail: string): FieldError[] {
  const field = 'spec.accessModes';
  if (modes.length === 0) return [required(field, detail)];
  const errors = modes.flatMap((mode) => oneOf(field, mode, ACCESS_MODES));
  const single = 'ReadWriteOncePod';
  return modes.includes(single) && modes.some((mode) => mode !== single && ACCESS_MODES.includes(mode))
    ? [...errors, forbidden(field, 'may not use ReadWriteOncePod with other access modes')]
    : errors;
}

function positive(quantity: Quantity, field: string): FieldError[] {
  const text = canonicalQuantity(quantity);
  const sign = compareQuantities(quantity, 0);
  return [
    ...(sign < 0 ? [invalid(field, text, 'must be greater than or equal to 0')] : []),
    ...(sign > 0 ? [] : [invalid(field, text, 'must be greater than zero')]),
  ];
}

const classErrors = (name: string | undefined): FieldError[] =>
  name ? invalidAll('spec.storageClassName', name, dnsSubdomainErrors(name)) : [];

const modeErrors = (mode: string | undefined): FieldError[] =>
  mode === undefined ? [] : oneOf('spec.volumeMode', mode, VOLUME_MODES);

const sourcesOf = (spec: VolumeSpec): string[] =>
  sortedKeys(spec).filter(
    (name) => !NOT_SOURCES.has(name) && (spec as Readonly<Record<string, unknown>>)[name] !== undefined,
  );

const pathErrors = (path: string | undefined, field: string): FieldError[] => {
  if (!path) return [required(field)];
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
};

function sourceErrors(spec: VolumeSpec): FieldError[] {
  const { hostPath, local, nfs, csi, nodeAffinity, persistentVolumeReclaimPolicy } = spec;
  const [first, ...others] = sourcesOf(spec);
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  const errors = others.map((name) => forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
  if (hostPath !== undefined) {
    errors.push(...pathErrors(hostPath.path, 'spec.hostPath.path'));
    if (/^\/+$/.test(hostPath.path ?? '') && persistentVolumeReclaimPolicy === 'Recycle')
      errors.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (local !== undefined) {
    errors.push(...pathErrors(local.path, 'spec.local.path'));
    if (nodeAffinity === undefined) errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
  }
  if (nfs !== undefined) {
    if (!nfs.server) errors.push(required('spec.nfs.server'));
    if (!nfs.path) errors.push(required('spec.nfs.path'));
    else if (!nfs.path.startsWith('/')) errors.push(invalid('spec.nfs.path', nfs.path, 'must be an absolute path'));
  }
  if (csi !== undefined) {
    if (!csi.driver) errors.push(required('spec.csi.driver'));
    if (!csi.volumeHandle) errors.push(required('spec.csi.volumeHandle'));
  }
  return errors;
}

function affinityErrors(affinity: VolumeSpec['nodeAffinity']): FieldError[] {
  if (affinity === undefined) return [];
  const field = 'spec.nodeAffinity.required';
  return affinity.required === undefined
    ? [required(field, 'must specify required node constraints')]
    : validateNodeSelectorTerms(affinity.required.nodeSelectorTerms, `${field}.nodeSelectorTerms`);
}

function volumeErrors(spec: VolumeSpec): FieldError[] {
  const { capacity = {}, persistentVolumeReclaimPolicy: policy } = spec;
  const names = sortedKeys(capacity);
  const errors = accessModeErrors(spec.accessModes, '');
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage')
    errors.push(notSupported('spec.capacity', spec.capacity ?? null, ['storage']));
  errors.push(...names.flatMap((name) => positive(capacity[name] ?? 0, `spec.capacity[${name}]`)));
  if (policy) errors.push(...oneOf('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  return [
    ...errors,
    ...affinityErrors(spec.nodeAffinity),
    ...sourceErrors(spec),
    ...classErrors(spec.storageClassName),
    ...modeErrors(spec.volumeMode),
  ];
}

const sourceOf = (spec: VolumeSpec): object =>
  Object.fromEntries(sourcesOf(spec).map((name) => [name, (spec as Readonly<Record<string, unknown>>)[name]]));

const printedSource = (spec: object) => goValue('PersistentVolumeSource', { ...spec });

export const persistentVolumeRules: KindRules<PersistentVolume> = genericRules<PersistentVolume>({
  clusterScoped: true,
  status: { phase: 'Pending' },
  applyDefaults(volume) {
    const spec = withDefaults(withDiskDefaults(volume.spec ?? {}), {
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
    });
    return withChanges(volume, {
      spec:
        spec.hostPath === undefined ? spec : withChanges(spec, { hostPath: withDefaults(spec.hostPath, { type: '' }) }),
    });
  },
  validate: ({ spec }) => volumeErrors(spec ?? {}),
  validateUpdate({ spec: next = {} }, { spec: old = {} }) {
    const errors = semanticEqual(sourceOf(next), sourceOf(old))
      ? []
      : [
          forbidden(
            'spec.persistentvolumesource',
            `spec.persistentvolumesource is immutable after creation\n${goDiff(printedSource(old), printedSource(next))}`,
          ),
        ];
    errors.push(...immutable('volumeMode', next.volumeMode, old.volumeMode));
    if (old.nodeAffinity !== undefined && !deepEqual(next.nodeAffinity, old.nodeAffinity))
      errors.push(
        invalid(
          'nodeAffinity',
          next.nodeAffinity ?? null,
          'field is immutable, except for updating from beta label to GA',
        ),
      );
    return errors;
  },
});

/** What a claim takes its data from, in both fields. @source kubernetes pkg/api/persistentvolumeclaim/util.go (NormalizeDataSources) */
function withSources(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const { spec } = claim;
  const { dataSource, dataSourceRef } = spec ?? {};
  if (dataSource !== undefined && dataSourceRef === undefined)
    return { ...claim, spec: { ...spec, dataSourceRef: dataSource } };
  if (dataSource === undefined && dataSourceRef !== undefined && !dataSourceRef.namespace)
    return { ...claim, spec: { ...spec, dataSource: without(dataSourceRef, 'namespace') } };
  return claim;
}

function claimErrors(spec: ClaimSpec): FieldError[] {
  const size = spec.resources?.requests?.['storage'];
  const field = 'spec.resources[storage]';
  return [
    ...accessModeErrors(spec.accessModes, 'at least 1 access mode is required'),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...(size === undefined ? [required(field)] : positive(size, field)),
    ...classErrors(spec.storageClassName),
    ...modeErrors(spec.volumeMode),
    ...(spec.dataSource === undefined
      ? []
      : [
          ...(spec.dataSource.name ? [] : [required('spec.dataSource.name')]),
          ...(spec.dataSource.kind ? [] : [required('spec.dataSource.kind')]),
        ]),
  ];
}

/** What may differ of an update is made equal to what is stored. */
function comparableClaim(next: ClaimSpec, old: ClaimSpec, bound: boolean): ClaimSpec {
  const size = old.resources?.requests?.['storage'];
  const requests = next.resources?.requests;
  return withChanges(next, {
    volumeName: old.volumeName ? next.volumeName : old.volumeName,
    storageClassName: old.storageClassName === undefined ? undefined : next.storageClassName,
    volumeAttributesClassName: old.volumeAttributesClassName,
    resources:
      bound && requests !== undefined && size !== undefined
        ? { ...next.resources, requests: { ...requests, storage: size } }
        : next.resources,
  });
}

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = genericRules<PersistentVolumeClaim>({
  status: { phase: 'Pending' },
  applyDefaults: (claim) => withChanges(claim, { spec: withDefaults(claim.spec ?? {}, { volumeMode: 'Filesystem' }) }),
  prepareForCreate: withSources,
  prepareForUpdate: withSources,
  validate: ({ spec }) => claimErrors(spec ?? {}),
  validateUpdate({ spec: next = {}, status }, { spec: old = {}, status: oldStatus }) {
    const errors: FieldError[] = [];
    const wanted = comparableClaim(next, old, status?.phase === 'Bound');
    if (!semanticEqual(wanted, old)) {
      const detail =
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
      const [before, after] = [
        { ...old, volumeName: old.volumeName || next.volumeName },
        { ...wanted, volumeName: next.volumeName },
      ].map((spec) => goValue('PersistentVolumeClaimSpec', spec));
      errors.push(forbidden('spec', `${detail}\n${goDiff(before!, after!)}`));
    }
    const size = next.resources?.requests?.['storage'];
    const shrinks = compareQuantities(size, old.resources?.requests?.['storage']) < 0;
    if (shrinks && compareQuantities(size, oldStatus?.capacity?.['storage']) <= 0)
      errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
    return [...errors, ...immutable('volumeMode', next.volumeMode, old.volumeMode)];
  },
  validateStatusUpdate: ({ status }) =>
    eachOf(sortedKeys(status?.capacity ?? {}), '', (name) => {
      const quantity = status?.capacity?.[name] ?? 0;
      return compareQuantities(quantity, 0) < 0
        ? [invalid(`status.capacity[${name}]`, canonicalQuantity(quantity), 'must be greater than or equal to 0')]
        : [];
    }),
});
