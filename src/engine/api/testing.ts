/** Builders of objects for tests of every layer: defaulted and prepared as the API server would store them. */
import './late-api';
import { resourceByKind } from './registry';
import type { FieldError } from './field-error';
import { invalid } from './status-error';
import type { KubeObject, Kind, Kinds } from './types';

/** Freezes plain data to its leaves, so that whoever changes it is found out. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

/** An object with its defaults. */
export function defaulted<K extends Kind>(manifest: Manifest & { kind: K }): Kinds[K] {
  const info = resourceByKind(manifest.apiVersion, manifest.kind);
  if (info === undefined) throw new Error(`no kind ${manifest.kind} in ${manifest.apiVersion}`);
  const namespace = info.namespaced ? { namespace: 'default' } : {};
  const object = { ...manifest, metadata: { ...namespace, ...manifest.metadata } } as unknown as KubeObject;
  return deepFreeze(info.rules.applyDefaults(deepFreeze(object))) as unknown as Kinds[K];
}

/** The message with which the API server refuses to create an object; undefined when it accepts it. */
export function createRefusal(manifest: Manifest): string | undefined {
  const object = defaulted(manifest) as KubeObject;
  const info = resourceByKind(object.apiVersion, object.kind);
  return info && refusal(info, object, info.rules.validate(info.rules.prepareForCreate(object)));
}

/** The message with which the API server refuses to update an object. */
export function updateRefusal(old: Manifest, next: Manifest): string | undefined {
  const before = defaulted(old) as KubeObject;
  const after = defaulted(next) as KubeObject;
  const info = resourceByKind(after.apiVersion, after.kind);
  return info && refusal(info, after, info.rules.validateUpdate(info.rules.prepareForUpdate(after, before), before));
}

const refusal = (
  of: { kind: string; group: string },
  object: KubeObject,
  errors: readonly FieldError[],
): string | undefined => (errors.length === 0 ? undefined : invalid(of, object.metadata.name, errors).message);
