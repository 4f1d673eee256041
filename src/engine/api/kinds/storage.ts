/**
 * Storage classes, and what CSI drivers keep.
 *
 * @source kubernetes pkg/apis/storage/validation/validation.go, pkg/apis/storage/v1/defaults.go
 */
import { duplicate, forbidden, goStruct, invalid, required, tooLong, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { byteOrder, deepEqual } from '../json';
import type { KindRules } from '../kind-rules';
import { dnsSubdomainErrors, labelKeyErrors } from '../names';
import { withChanges, withDefaults } from '../structural-sharing';
import type { CSIDriver, CSINode, StorageClass, VolumeAttachment } from '../types';
import { eachOf, oneOf, requiredText } from '../validation/field-rules';
import { immutable, invalidAll, notNegative, utf8Length } from '../validation/object-meta';

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 262_144;

function parameterErrors(parameters: StorageClass['parameters'] = {}): FieldError[] {
  const field = 'parameters';
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong(field, MAX_PARAMETERS)];
  const errors = '' in parameters ? [invalid(field, '', 'field can not be empty.')] : [];
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  return size > MAX_PARAMETER_BYTES ? [...errors, tooLong(field, MAX_PARAMETER_BYTES)] : errors;
}

export const storageClassRules: KindRules<StorageClass> = genericRules<StorageClass>({
  clusterScoped: true,
  applyDefaults: (object) => withDefaults(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: ({ provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies }) => [
    ...requiredText('provisioner', provisioner, (text = '') => labelKeyErrors(text.toLowerCase())),
    ...parameterErrors(parameters),
    ...(reclaimPolicy ? oneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']) : []),
    ...oneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...eachOf(allowedTopologies, 'allowedTopologies', ({ matchLabelExpressions }) =>
      eachOf(matchLabelExpressions, 'allowedTopologies.matchLabelExpressions', ({ key, values }, field) => [
        ...(values?.length ? [] : [required(`${field}.values`)]),
        ...eachOf(values, `${field}.values`, (value, path) =>
          values.indexOf(value) === Number(path.slice(field.length + 8, -1)) ? [] : [duplicate(path, value)],
        ),
        ...invalidAll(`${field}.key`, key, labelKeyErrors(key)),
      ]),
    ),
  ],
  validateUpdate: (next, old) => [
    ...(['parameters', 'provisioner', 'reclaimPolicy'] as const)
      .filter((field) => !deepEqual(next[field] ?? {}, old[field] ?? {}))
      .map((field) => forbidden(field, `updates to ${field} are forbidden.`)),
    ...immutable('volumeBindingMode', next.volumeBindingMode, old.volumeBindingMode),
  ],
});

/** @source kubernetes pkg/apis/core/validation/validation.go (ValidateCSIDriverName) */
const driverErrors = (name: string | undefined, field: string): FieldError[] => [
  ...(name ? [] : [required(field)]),
  ...((name ?? '').length > 63 ? [tooLong(field, 63)] : []),
  ...invalidAll(field, name, dnsSubdomainErrors(name?.toLowerCase())),
];

export const volumeAttachmentRules: KindRules<VolumeAttachment> = genericRules<VolumeAttachment>({
  clusterScoped: true,
  status: { attached: false },
  validate({ spec }) {
    const { persistentVolumeName: name, inlineVolumeSpec: inline } = spec?.source ?? {};
    const field = 'spec.source';
    const detail = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
    const errors = driverErrors(spec?.attacher, 'spec.attacher');
    if (name === undefined && inline === undefined) errors.push(required(field, detail));
    if (name !== undefined && inline !== undefined) errors.push(forbidden(field, detail));
    if (name === '' && inline === undefined)
      errors.push(required(`${field}.persistentVolumeName`, 'must specify non empty persistentVolumeName'));
    return [...errors, ...invalidAll('spec.nodeName', spec?.nodeName, dnsSubdomainErrors(spec?.nodeName))];
  },
  validateUpdate({ spec }, old) {
    if (deepEqual(spec, old.spec)) return [];
    const { persistentVolumeName = null, inlineVolumeSpec = null } = spec?.source ?? {};
    const source = { PersistentVolumeName: persistentVolumeName, InlineVolumeSpec: inlineVolumeSpec };
    const value = goStruct({ Attacher: spec?.attacher ?? '', Source: source, NodeName: spec?.nodeName ?? '' });
    return [invalid('spec', value, 'field is immutable')];
  },
});

type DriverSpec = NonNullable<CSIDriver['spec']>;

const DRIVER_DEFAULTS: DriverSpec = {
  attachRequired: true,
  podInfoOnMount: false,
  storageCapacity: false,
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  requiresRepublish: false,
  seLinuxMount: false,
};

export const csiDriverRules: KindRules<CSIDriver> = genericRules<CSIDriver>({
  clusterScoped: true,
  generation: true,
  applyDefaults(driver) {
    const spec = withDefaults(driver.spec ?? {}, DRIVER_DEFAULTS);
    return withChanges(driver, {
      spec: spec.volumeLifecycleModes?.length ? spec : { ...spec, volumeLifecycleModes: ['Persistent'] },
    });
  },
  validate: ({ spec }) => [
    ...oneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...eachOf(spec.tokenRequests, 'spec.tokenRequests', ({ audience, expirationSeconds: seconds }, field) => [
      ...(`spec.tokenRequests[${spec.tokenRequests?.findIndex((other) => other.audience === audience)}]` === field
        ? []
        : [duplicate(`${field}.audience`, audience)]),
      ...(seconds !== undefined && seconds < 600
        ? [invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')]
        : []),
    ]),
    ...eachOf(spec.volumeLifecycleModes, 'spec.volumeLifecycleModes', (mode) =>
      oneOf('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']),
    ),
  ],
  validateUpdate: ({ spec: next }, { spec: old }) => [
    ...immutable('spec.attachedRequired', next.attachRequired, old.attachRequired),
    ...immutable('spec.volumeLifecycleModes', next.volumeLifecycleModes, old.volumeLifecycleModes),
  ],
});

/** A client may leave the list out. */
type CSINodeDrivers = { readonly spec: Partial<CSINode['spec']> };

export const csiNodeRules: KindRules<CSINode> = genericRules<CSINode>({
  clusterScoped: true,
  validate: ({ spec }) =>
    eachOf(spec?.drivers, 'spec.drivers', ({ name, nodeID, allocatable, topologyKeys = [] }, field) => [
      ...driverErrors(name, `${field}.name`),
      ...(nodeID ? [] : [required(`${field}.nodeID`)]),
      ...((nodeID ?? '').length > 256 ? [invalid(`${field}.nodeID`, nodeID, 'must be 256 characters or less')] : []),
      ...notNegative(`${field}.allocatable.count`, allocatable?.count),
      ...(`spec.drivers[${spec.drivers.findIndex((other) => other.name === name)}]` === field
        ? []
        : [duplicate(`${field}.name`, name)]),
      ...topologyKeys.flatMap((key, at) => [
        ...(key === '' ? [required(field)] : []),
        ...(topologyKeys.indexOf(key) < at ? [duplicate(field, key)] : []),
        ...invalidAll(field, topologyKeys, labelKeyErrors(key)),
      ]),
    ]),
  validateUpdate: ({ spec: next }: CSINodeDrivers, { spec: old }: CSINodeDrivers) =>
    (next.drivers ?? [])
      .toSorted((a, b) => byteOrder(a.name, b.name))
      .flatMap((driver) => {
        const before = old.drivers?.find(({ name }) => name === driver.name);
        return before === undefined ? [] : immutable('CSINodeDriver', driver, before);
      }),
});
