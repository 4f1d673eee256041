/**
 * The rules that most kinds share: metadata is checked, spec and status are written by different hands, the generation counts
 * changes of what users write. A kind gives its own rules on top.
 *
 * @source kubernetes apiserver/pkg/registry/rest/{create,update}.go, pkg/registry/<group>/<resource>/strategy.go
 */
import type { FieldError } from './field-error';
import { semanticEqual } from './json';
import {
  CLUSTER_FIELDS,
  metadataFields,
  NAMESPACED_FIELDS,
  statusOnly,
  withGeneration,
  withStatusOf,
  type KindRules,
} from './kind-rules';
import { dnsSubdomainErrors } from './names';
import type { KubeObject } from './types';
import { validateMetaForUpdate, validateObjectMeta, type NameRule } from './validation/object-meta';

/** How a kind differs from the plainest one, which is namespaced and has neither status nor generation. */
export interface Traits<T extends KubeObject> extends Partial<
  Pick<KindRules<T>, 'applyDefaults' | 'validateStatusUpdate' | 'selectableFields' | 'fields' | 'warnings'>
> {
  readonly clusterScoped?: boolean;
  /** What its name must be; a DNS subdomain unless told otherwise. */
  readonly name?: NameRule;
  /** The status of a new object, for kinds with a status. */
  readonly status?: object;
  /** The generation is 1 at first, and one more when anything but metadata and status changes. */
  readonly generation?: boolean;
  /** Further preparation of a new object, after the common one. */
  prepareForCreate?(object: T): T;
  /** Further preparation of an update, before the generation is counted. */
  prepareForUpdate?(next: T, old: T): T;
  /** Errors of all but the metadata. */
  validate?(object: T): readonly FieldError[];
  /** Errors of a new object besides those of `validate`. */
  validateCreate?(object: T): readonly FieldError[];
  /** Errors of an update besides those of `validate`: what may not change. */
  validateUpdate?(next: T, old: T): readonly FieldError[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether anything differs that users write, metadata apart. */
function contentChanged(next: KubeObject, old: KubeObject): boolean {
  const after = next as KubeObject & Fields;
  const before = old as KubeObject & Fields;
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    if (key === 'metadata' || key === 'status' || key === 'apiVersion' || key === 'kind') continue;
    if (after[key] !== before[key] && !semanticEqual(after[key], before[key])) return true;
  }
  return false;
}

const same = <T>(object: T): T => object;

export function genericRules<T extends KubeObject>(traits: Traits<T> = {}): KindRules<T> {
  const { name = dnsSubdomainErrors, status, validateStatusUpdate, warnings } = traits;
  const namespaced = traits.clusterScoped !== true;
  const counts = traits.generation === true;
  const content = (object: T): readonly FieldError[] => traits.validate?.(object) ?? [];
  return {
    applyDefaults: traits.applyDefaults ?? same,
    prepareForCreate(object) {
      const started = status === undefined ? object : { ...object, status };
      const prepared = traits.prepareForCreate?.(started) ?? started;
      return counts ? withGeneration(prepared, 1) : prepared;
    },
    prepareForUpdate(next, old) {
      const kept = status === undefined ? next : withStatusOf(next, old);
      const prepared = traits.prepareForUpdate?.(kept, old) ?? kept;
      if (!counts) return prepared;
      return withGeneration(prepared, (old.metadata.generation ?? 0) + (contentChanged(prepared, old) ? 1 : 0));
    },
    prepareForStatusUpdate: status === undefined ? (_next, old) => old : statusOnly,
    validate: (object) => [
      ...validateObjectMeta(object, namespaced, name),
      ...content(object),
      ...(traits.validateCreate?.(object) ?? []),
    ],
    validateUpdate: (next, old) => [
      ...validateMetaForUpdate(next, old, namespaced, name),
      ...content(next),
      ...(traits.validateUpdate?.(next, old) ?? []),
    ],
    ...(validateStatusUpdate === undefined ? {} : { validateStatusUpdate }),
    ...(warnings === undefined ? {} : { warnings }),
    selectableFields: traits.selectableFields ?? (namespaced ? NAMESPACED_FIELDS : CLUSTER_FIELDS),
    fields: traits.fields ?? metadataFields,
  };
}
