/** Rules of `env` and `envFrom`. @source kubernetes pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom) */
import { invalid, notSupported, required, type FieldError } from '../field-error';
import { configKeyErrors, dnsSubdomainErrors, envNameErrors, labelKeyErrors } from '../names';
import { canonicalQuantity } from '../quantity';
import type { Container } from '../types';
import { invalidAll } from './object-meta';

type EnvVar = NonNullable<Container['env']>[number];
type EnvSource = NonNullable<EnvVar['valueFrom']>;
type ResourceFieldRef = NonNullable<EnvSource['resourceFieldRef']>;

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const;

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
] as const;
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
] as const;
/** Every field that the downward API can convert, for whatever purpose. */
const KNOWN_FIELDS = new Set<string>([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

export function validateEnv(env: readonly EnvVar[] | undefined, path: string): FieldError[] {
  return (env ?? []).flatMap((variable, index) => {
    const field = `${path}[${index}]`;
    const errors = !variable.name
      ? [required(`${field}.name`)]
      : invalidAll(`${field}.name`, variable.name, envNameErrors(variable.name));
    return variable.valueFrom === undefined
      ? errors
      : [...errors, ...validateSource(variable, variable.valueFrom, `${field}.valueFrom`)];
  });
}

function validateSource(variable: EnvVar, source: EnvSource, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const given = SOURCES.filter((name) => source[name] !== undefined);
  if (source.fieldRef) errors.push(...validateFieldRef(source.fieldRef, ENV_FIELDS, true, `${path}.fieldRef`));
  if (source.resourceFieldRef)
    errors.push(...validateResourceFieldRef(source.resourceFieldRef, `${path}.resourceFieldRef`));
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name];
    if (reference === undefined) continue;
    const field = `${path}.${name}`;
    errors.push(...invalidAll(`${field}.name`, reference.name ?? '', dnsSubdomainErrors(reference.name ?? '')));
    errors.push(...validateKey(reference.key, `${field}.key`));
  }
  if (given.length === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalid(path, '', detail));
  } else if (variable.value !== undefined && variable.value !== '') {
    errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (given.length > 1) {
    errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

export const validateKey = (key: string | undefined, field: string): FieldError[] =>
  key ? invalidAll(field, key, configKeyErrors(key)) : [required(field)];

/** A reference to a field of the pod. In environment variables single labels and annotations may be named. */
export function validateFieldRef(
  reference: { readonly fieldPath: string; readonly apiVersion?: string },
  supported: readonly string[],
  subscripts: boolean,
  path: string,
): FieldError[] {
  const { fieldPath } = reference;
  const field = `${path}.fieldPath`;
  if (!fieldPath) return [required(field)];
  const subscript = /^metadata\.(labels|annotations)\['([^']{0,512})'\]$/.exec(fieldPath);
  if (subscript !== null && (subscripts || supported === VOLUME_FIELDS)) {
    const key = subscript[2] ?? '';
    return invalidAll(field, key, labelKeyErrors(subscript[1] === 'annotations' ? key.toLowerCase() : key));
  }
  if (!KNOWN_FIELDS.has(fieldPath)) {
    return [invalid(field, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  return supported.includes(fieldPath) ? [] : [notSupported(field, fieldPath, supported)];
}

const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
] as const;
const CPU_DIVISORS = new Set(['1m', '1']);
const BYTE_DIVISORS = new Set(['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']);

export function validateResourceFieldRef(reference: ResourceFieldRef, path: string): FieldError[] {
  const { resource, divisor } = reference;
  if (!resource) return [required(`${path}.resource`)];
  const supported =
    (RESOURCE_FIELDS as readonly string[]).includes(resource) || /^(limits|requests)\.hugepages-/.test(resource);
  if (!supported) return [notSupported(`${path}.resource`, resource, RESOURCE_FIELDS)];
  const text = divisor === undefined ? '0' : canonicalQuantity(divisor);
  if (text === '0') return [];
  const name = resource.slice(resource.indexOf('.') + 1);
  if (name === 'cpu') {
    return CPU_DIVISORS.has(text)
      ? []
      : [invalid(`${path}.divisor`, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  const detail = `only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the ${name} resource`;
  return BYTE_DIVISORS.has(text) ? [] : [invalid(`${path}.divisor`, resource, detail)];
}

export function validateEnvFrom(sources: Container['envFrom'], path: string): FieldError[] {
  return (sources ?? []).flatMap((source, index) => {
    const field = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (source.prefix) errors.push(...invalidAll(`${field}.prefix`, source.prefix, envNameErrors(source.prefix)));
    const given = (['configMapRef', 'secretRef'] as const).filter((name) => source[name] !== undefined);
    if (given.length === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (given.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    for (const name of given) if (!source[name]?.name) errors.push(required(`${field}.${name}.name`));
    return errors;
  });
}
