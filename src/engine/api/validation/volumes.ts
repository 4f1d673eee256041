/** Rules of `volumes` and `volumeMounts`. @source kubernetes pkg/apis/core/validation/validation.go (ValidateVolumes, ValidateVolumeMounts) */
import { duplicate, forbidden, invalid, notFoundValue, notSupported, required, type FieldError } from '../field-error';
import { dnsLabelErrors } from '../names';
import { compareQuantities } from '../quantity';
import type { Container, Pod, PodSpec } from '../types';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELDS } from './environment';
import { invalidAll } from './object-meta';

type Volume = NonNullable<PodSpec['volumes']>[number];
type KeyToPath = NonNullable<NonNullable<Volume['configMap']>['items']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
] as const;
const MODE_DETAIL = 'must be a number between 0 and 0777 (octal), both inclusive';
/** The order in which the API server looks for sources, as far as it matters for "more than one". */
const SOURCE_ORDER = ['emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs'];

/** Names of volumes, and errors. */
export function validateVolumes(spec: PodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const field = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!volume.name) errors.push(required(`${field}.name`));
    else errors.push(...invalidAll(`${field}.name`, volume.name, dnsLabelErrors(volume.name)));
    if (seen.has(volume.name)) errors.push(duplicate(`${field}.name`, volume.name));
    seen.add(volume.name);
    return [...errors, ...validateSource(volume, spec, field)];
  });
}

/** Claims that the ephemeral volumes of a pod make are nobody else's. */
export function ephemeralClaimErrors({ metadata, spec }: Pod): FieldError[] {
  const made = new Set(
    (spec.volumes ?? []).filter(({ ephemeral }) => ephemeral).map(({ name }) => `${metadata.name}-${name}`),
  );
  if (made.size === 0) return [];
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }, index) => {
    const claimName = persistentVolumeClaim?.claimName ?? '';
    const field = `spec.volumes[${index}].persistentVolumeClaim.claimName`;
    const detail = 'must not reference a PVC that gets created for an ephemeral volume';
    return made.has(claimName) ? [invalid(field, claimName, detail)] : [];
  });
}

function validateSource(volume: Volume, spec: PodSpec, path: string): FieldError[] {
  const rank = (name: string) => (SOURCE_ORDER.includes(name) ? SOURCE_ORDER.indexOf(name) : SOURCE_ORDER.length);
  const given = Object.keys(volume)
    .filter((name) => name !== 'name')
    .sort((a, b) => rank(a) - rank(b));
  const [first, ...others] = given;
  if (first === undefined) return [required(path, 'must specify a volume type')];
  return [
    ...validateKnownSource(first, volume, spec, `${path}.${first}`),
    ...others.map((name) => forbidden(`${path}.${name}`, 'may not specify more than 1 volume type')),
  ];
}

function validateKnownSource(name: string, volume: Volume, spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  switch (name) {
    case 'emptyDir':
      if (compareQuantities(volume.emptyDir?.sizeLimit, 0) < 0) {
        errors.push(forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
      }
      break;
    case 'hostPath': {
      const source = volume.hostPath;
      if (!source?.path) return [required(`${path}.path`)];
      if (source.path.split('/').includes('..'))
        errors.push(invalid(`${path}.path`, source.path, "must not contain '..'"));
      const type = source.type ?? '';
      if (!(HOST_PATH_TYPES as readonly string[]).includes(type)) {
        errors.push(notSupported(`${path}.type`, type, HOST_PATH_TYPES));
      }
      break;
    }
    case 'secret':
      if (!volume.secret?.secretName) errors.push(required(`${path}.secretName`));
      errors.push(...validateMode(volume.secret?.defaultMode, `${path}.defaultMode`));
      errors.push(...validateItems(volume.secret?.items, `${path}.items`));
      break;
    case 'configMap':
      if (!volume.configMap?.name) errors.push(required(`${path}.name`));
      errors.push(...validateMode(volume.configMap?.defaultMode, `${path}.defaultMode`));
      errors.push(...validateItems(volume.configMap?.items, `${path}.items`));
      break;
    case 'persistentVolumeClaim':
      if (!volume.persistentVolumeClaim?.claimName) errors.push(required(`${path}.claimName`));
      break;
    case 'downwardAPI':
      errors.push(...validateMode(volume.downwardAPI?.defaultMode, `${path}.defaultMode`));
      errors.push(...validateDownwardItems(volume.downwardAPI?.items, `${path}.items`));
      break;
    case 'projected':
      errors.push(...validateMode(volume.projected?.defaultMode, `${path}.defaultMode`));
      errors.push(...validateProjected(volume.projected?.sources ?? [], spec, `${path}.sources`));
      break;
    case 'nfs':
      if (!volume.nfs?.server) errors.push(required(`${path}.server`));
      if (!volume.nfs?.path) errors.push(required(`${path}.path`));
      else if (!volume.nfs.path.startsWith('/'))
        errors.push(invalid(`${path}.path`, volume.nfs.path, 'must be an absolute path'));
      break;
    case 'csi':
      if (!volume.csi?.driver) errors.push(required(`${path}.driver`));
  }
  return errors;
}

const validateMode = (mode: number | undefined, field: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > 0o777) ? [invalid(field, mode, MODE_DETAIL)] : [];

/** A path inside a volume: relative, without `..`. */
export function validateRelativePath(text: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (text.startsWith('/')) errors.push(invalid(field, text, 'must be a relative path'));
  if (text.split('/').includes('..')) errors.push(invalid(field, text, "must not contain '..'"));
  return errors;
}

function validateItemPath(text: string | undefined, field: string): FieldError[] {
  if (!text) return [required(field)];
  const errors = validateRelativePath(text, field);
  if (text.startsWith('..') && !text.startsWith('../')) errors.push(invalid(field, text, "must not start with '..'"));
  return errors;
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap((item, index) => [
    ...(item.key ? [] : [required(`${path}[${index}].key`)]),
    ...validateItemPath(item.path, `${path}[${index}].path`),
    ...validateMode(item.mode, `${path}[${index}].mode`),
  ]);
}

function validateDownwardItems(items: NonNullable<Volume['downwardAPI']>['items'], path: string): FieldError[] {
  return (items ?? []).flatMap((item, index) => {
    const field = `${path}[${index}]`;
    const errors = validateItemPath(item.path, `${field}.path`);
    if (item.fieldRef) {
      errors.push(...validateFieldRef(item.fieldRef, VOLUME_FIELDS, false, `${field}.fieldRef`));
      if (item.resourceFieldRef) {
        errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
      }
    } else if (item.resourceFieldRef) {
      errors.push(...validateResourceFieldRef(item.resourceFieldRef, `${field}.resourceFieldRef`));
    } else {
      errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
    }
    return [...errors, ...validateMode(item.mode, `${field}.mode`)];
  });
}

const PROJECTIONS = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
] as const;

function validateProjected(sources: readonly Projection[], spec: PodSpec, path: string): FieldError[] {
  const paths = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, source] of sources.entries()) {
    const field = `${path}[${index}]`;
    const given = PROJECTIONS.filter((name) => source[name] !== undefined);
    if (given.length === 0) errors.push(required(field, 'must specify exactly one volume type'));
    for (const name of given.slice(1)) {
      errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 volume type per source'));
    }
    for (const name of ['secret', 'configMap'] as const) {
      const projection = source[name];
      if (projection === undefined) continue;
      if (!projection.name) errors.push(required(`${field}.${name}.name`));
      errors.push(...validateItems(projection.items, `${field}.${name}.items`));
    }
    if (source.downwardAPI)
      errors.push(...validateDownwardItems(source.downwardAPI.items, `${field}.downwardAPI.items`));
    const token = source.serviceAccountToken;
    if (token) {
      if (!spec.serviceAccountName) {
        errors.push(
          forbidden(`${field}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set'),
        );
      }
      errors.push(...validateItemPath(token.path, `${field}.serviceAccountToken.path`));
    }
    const written = [
      ...[...(source.secret?.items ?? []), ...(source.configMap?.items ?? [])].map((item) => item.path),
      ...(source.downwardAPI?.items ?? []).map((item) => item.path),
      ...(token ? [token.path] : []),
    ];
    for (const target of written) {
      if (paths.has(target)) errors.push(invalid(field, target, 'conflicting duplicate paths'));
      paths.add(target);
    }
  }
  return errors;
}

/** Mounts of one container against the volumes of the pod. */
export function validateVolumeMounts(container: Container, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const mountPaths = new Set<string>();
  const devices = new Set((container.volumeDevices ?? []).map((device) => device.name));
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const field = `${path}[${index}]`;
    if (!mount.name) errors.push(required(`${field}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFoundValue(`${field}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${field}.mountPath`));
    else if (mountPaths.has(mount.mountPath))
      errors.push(invalid(`${field}.mountPath`, mount.mountPath, 'must be unique'));
    mountPaths.add(mount.mountPath);
    if (devices.has(mount.name))
      errors.push(invalid(`${field}.name`, mount.name, 'must not already exist in volumeDevices'));
    if (mount.subPath) errors.push(...validateRelativePath(mount.subPath, `${path}.subPath`));
    if (mount.subPathExpr) {
      if (mount.subPath) {
        const detail = 'subPathExpr and subPath are mutually exclusive';
        errors.push(invalid(`${field}.subPathExpr`, mount.subPathExpr, detail));
      }
      errors.push(...validateRelativePath(mount.subPathExpr, `${path}.subPathExpr`));
    }
    const propagation = mount.mountPropagation;
    if (propagation === undefined) continue;
    if (!['Bidirectional', 'HostToContainer', 'None'].includes(propagation)) {
      errors.push(notSupported(`${path}.mountPropagation`, propagation, ['Bidirectional', 'HostToContainer', 'None']));
    } else if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      const detail = 'Bidirectional mount propagation is available only to privileged containers';
      errors.push(forbidden(`${path}.mountPropagation`, detail));
    }
  }
  return errors;
}
