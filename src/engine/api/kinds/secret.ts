/** @source kubernetes pkg/registry/core/secret/strategy.go, pkg/apis/core/validation/validation.go (ValidateSecret) */
import { invalid, required, tooLong, type FieldError } from '../field-error';
import { decodeBase64, encodeBase64 } from '../base64';
import { sortedKeys } from '../json';
import { metadataFields, unprepared, type KindRules } from '../kind-rules';
import { lateApi } from '../late';
import { configKeyErrors, dnsSubdomainErrors } from '../names';
import { withDefaults, without } from '../structural-sharing';
import type { Secret } from '../types';
import { immutable, invalidAll, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import { base64Length, MAX_CONFIG_BYTES, validateImmutableData } from './config-map';

const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/** Credentials for registries: JSON that is not shown. */
function validateCredentials(encoded: string | undefined, field: string): FieldError[] {
  if (encoded === undefined) return [required(field)];
  const text = decodeBase64(encoded) ?? '';
  const refused = (detail: string): FieldError[] => [invalid(field, '<secret contents redacted>', detail)];
  try {
    const value: unknown = JSON.parse(text);
    const isMap = typeof value === 'object' && !Array.isArray(value);
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return isMap ? [] : refused(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  } catch {
    return refused(lateApi.code.goJsonError(text));
  }
}

function validateData(secret: Secret): FieldError[] {
  const data = secret.data ?? {};
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of sortedKeys(data)) {
    errors.push(...invalidAll(`data[${key}]`, key, configKeyErrors(key)));
    size += base64Length(data[key] ?? '');
  }
  if (size > MAX_CONFIG_BYTES) errors.push(tooLong('data', MAX_CONFIG_BYTES));
  const needed = (...keys: readonly string[]) =>
    keys.filter((key) => !data[key]).map((key) => required(`data[${key}]`));
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.[ACCOUNT_ANNOTATION]) {
        errors.push(required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`));
      }
      break;
    case 'kubernetes.io/dockercfg':
      errors.push(...validateCredentials(data['.dockercfg'], 'data[.dockercfg]'));
      break;
    case 'kubernetes.io/dockerconfigjson':
      errors.push(...validateCredentials(data['.dockerconfigjson'], 'data[.dockerconfigjson]'));
      break;
    case 'kubernetes.io/basic-auth':
      if (data['username'] === undefined && data['password'] === undefined)
        errors.push(...needed('username', 'password'));
      break;
    case 'kubernetes.io/ssh-auth':
      errors.push(...needed('ssh-privatekey'));
      break;
    case 'kubernetes.io/tls':
      if (data['tls.crt'] === undefined) errors.push(required('data[tls.crt]'));
      if (data['tls.key'] === undefined) errors.push(required('data[tls.key]'));
      break;
    default: // Opaque, and whatever types users make up: any keys will do
  }
  return errors;
}

export const secretRules: KindRules<Secret> = {
  ...unprepared,
  /** The type is Opaque unless told; `stringData` is written over `data` and is never stored. */
  applyDefaults(secret) {
    const typed = withDefaults(secret, { type: 'Opaque' });
    if (typed.stringData === undefined) return typed;
    const encoded = Object.entries(typed.stringData).map(([key, text]) => [key, encodeBase64(text)] as const);
    const data: Record<string, string> = { ...typed.data, ...Object.fromEntries(encoded) };
    return without({ ...typed, data }, 'stringData');
  },
  validate: (secret) => [...validateObjectMeta(secret, true, dnsSubdomainErrors), ...validateData(secret)],
  validateUpdate(next, old) {
    const typeErrors = old.type === undefined ? [] : immutable('type', next.type, old.type);
    return [
      ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
      ...typeErrors,
      ...validateImmutableData(next, old, ['data']),
      ...validateData(next),
    ];
  },
  selectableFields: ['metadata.name', 'metadata.namespace', 'type'],
  fields: (secret) => ({ ...metadataFields(secret), type: secret.type ?? '' }),
};
