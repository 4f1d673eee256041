/**
 * Server-side apply: a configuration merged into the stored object, the fields that its manager applied before and no longer
 * does removed, conflicts with other managers found. Pure.
 *
 * @source kubernetes apimachinery/pkg/util/managedfields/internal/{structuredmerge,lastappliedmanager,lastappliedupdater,conflict}.go
 * @source sigs.k8s.io/structured-merge-diff merge/update.go (Apply)
 */
import { byteOrder, canonicalJson, deepEqual, isJsonObject, type JsonObject } from '../json';
import { failure } from '../status-error';
import type { Status } from '../types';
import { compare, type Comparison } from './compare';
import { difference, type FieldSet, intersection, pathsOf, union, without } from './field-set';
import {
  type FieldManager,
  inOrder,
  isEntryOf,
  lessWhat,
  type ManagedFields,
  type ManagedFieldsEntry,
  newEntry,
  setOf,
} from './managed-fields';
import { fieldsOf, mergeValue, removeFields, withNamedFields } from './merge';
import { EMPTY, type Typed } from './typed';

/** What an object is called that has no managed fields when it is first applied to. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** The one manager whose client-side apply is taken over. */
const KUBECTL = 'kubectl';

export interface ApplyRequest {
  readonly type: Typed;
  /** Null: it does not exist yet. */
  readonly live: JsonObject | null;
  readonly managed: ManagedFields;
  readonly config: JsonObject;
  readonly manager: FieldManager;
  readonly force: boolean;
  /** Fields that nobody may own on this path. */
  readonly ignored: FieldSet | null;
  /** RFC 3339. */
  readonly time: string;
}

export type Applied =
  | { readonly ok: true; readonly object: JsonObject; readonly managed: ManagedFields }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

interface Conflict {
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

/** Applies a configuration, and for kubectl what its client-side apply would have to give way to. */
export function apply(given: ApplyRequest): Applied {
  const request = { ...given, managed: firstManaged(given) };
  let applied = applyOnce(request);
  if (!applied.ok && request.manager.name === KUBECTL) {
    const allowed = takenOver(request);
    const conflicts = applied.conflicts.flatMap(({ entry, fields }) => {
      const left = difference(fields, allowed);
      return left === null ? [] : [{ entry, fields: left }];
    });
    applied = conflicts.length === 0 ? applyOnce({ ...request, force: true }) : { ok: false, conflicts };
  }
  return applied.ok ? { ...applied, object: withLastApplied(request, applied.object) } : applied;
}

/** An object that nobody owns belongs to somebody from before, so that an apply cannot take it silently. */
function firstManaged({ type, live, managed, manager, ignored, time }: ApplyRequest): ManagedFields {
  if (managed.length > 0 || live === null) return managed;
  const fields = withoutIgnored(compare(type, EMPTY, live).touched, ignored);
  return fields === null
    ? managed
    : [newEntry({ ...manager, name: BEFORE_FIRST_APPLY, operation: 'Update' }, fields, time)];
}

function applyOnce({ type, live, managed, config, manager, force, ignored, time }: ApplyRequest): Applied {
  const before = live ?? EMPTY;
  const fields = withoutIgnored(fieldsOf(type, config), ignored);
  const last = managed.find((entry) => isEntryOf(entry, manager));
  const others = managed.filter((entry) => entry !== last);
  const merged = mergeValue(type, before, config);
  const object = (last === undefined ? merged : pruned(type, merged, setOf(last), fields, others)) as JsonObject;
  const change = withoutIgnoredChanges(compare(type, before, object), ignored);
  const conflicts = others.flatMap((entry) => {
    const both = intersection(setOf(entry), change.touched);
    return both === null ? [] : [{ entry, fields: both }];
  });
  if (conflicts.length > 0 && !force) return { ok: false, conflicts };
  const entries = others.flatMap((entry) => lessWhat(change, entry) ?? []);
  const changed = live === null || !deepEqual(live, object);
  if (fields !== null) entries.push(newEntry(manager, fields, changed ? time : last?.time));
  return { ok: true, object, managed: inOrder(entries) };
}

const withoutIgnored = (fields: FieldSet | null, ignored: FieldSet | null): FieldSet | null =>
  ignored === null ? fields : without(fields, ignored);

const withoutIgnoredChanges = ({ touched, removed }: Comparison, ignored: FieldSet | null): Comparison => ({
  touched: withoutIgnored(touched, ignored),
  removed: withoutIgnored(removed, ignored),
});

/** The merged object without what its manager applied before and does not any more, unless somebody else has it. */
function pruned(
  type: Typed,
  merged: unknown,
  last: FieldSet,
  fields: FieldSet | null,
  others: readonly ManagedFieldsEntry[],
): unknown {
  const named = (set: FieldSet | null): FieldSet | null => withNamedFields(type, set);
  const all = named(fieldsOf(type, merged));
  const owned = others.reduce((set, entry) => union(set, setOf(entry)), fields);
  const bare = removeFields(type, merged, named(last));
  const kept = removeFields(type, merged, difference(all, union(named(fieldsOf(type, bare)), named(owned))));
  const gone = difference(all, named(fieldsOf(type, kept)));
  return removeFields(type, merged, intersection(gone, named(last))) ?? {};
}

/** Fields that client-side apply set to what they still are: server-side apply may have them without force. */
function takenOver({ type, live }: ApplyRequest): FieldSet | null {
  const applied = lastAppliedOf(live);
  if (applied === null) return null;
  const { touched, removed } = compare(type, applied, live);
  return difference(difference(fieldsOf(type, applied), touched), removed);
}

const annotationsOf = (object: JsonObject | null): JsonObject | undefined => {
  const metadata = object?.['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return isJsonObject(annotations) ? annotations : undefined;
};

function lastAppliedOf(live: JsonObject | null): JsonObject | null {
  const text = annotationsOf(live)?.[LAST_APPLIED];
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Keeps the annotation of client-side apply true, so that one may go back to it. */
function withLastApplied({ manager, config }: ApplyRequest, object: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  if (manager.name !== KUBECTL || annotations?.[LAST_APPLIED] === undefined) return object;
  const { [LAST_APPLIED]: _last, ...others } = annotationsOf(config) ?? {};
  const text = canonicalJson({
    ...config,
    metadata: {
      ...(config['metadata'] as JsonObject),
      annotations: Object.keys(others).length > 0 ? others : undefined,
    },
  });
  const metadata = {
    ...(object['metadata'] as JsonObject),
    annotations: { ...annotations, [LAST_APPLIED]: `${text}\n` },
  };
  return { ...object, metadata };
}

/** The answer to an apply that others are in the way of. */
export function applyConflict(conflicts: readonly Conflict[]): Status {
  const sorted = [...conflicts].sort((a, b) => byteOrder(a.entry.manager ?? '', b.entry.manager ?? ''));
  const found = sorted.map(({ entry, fields }) => ({ who: managerText(entry), paths: pathsOf(fields) }));
  const all = found.flatMap(({ who, paths }) => paths.map((path) => ({ who, path })));
  const message =
    all.length === 1
      ? `Apply failed with 1 conflict: conflict with ${all[0]!.who}: ${all[0]!.path}`
      : `Apply failed with ${all.length} conflicts: ${found
          .map(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)].join('\n'))
          .join('\n')}`;
  return failure({
    code: 409,
    reason: 'Conflict',
    message,
    details: {
      causes: all.map(({ who, path }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${who}`,
        field: path,
      })),
    },
  });
}

function managerText({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const name = JSON.stringify(manager ?? '');
  const who = (subresource ?? '') === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}
