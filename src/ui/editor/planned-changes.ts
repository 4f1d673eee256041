/** What applying a manifest would change, as far as it can be said without asking the API server. Pure. */
import { stringify } from 'yaml';
import { changesBetween, type FieldChange } from '../inspector/version-changes';

type Json = unknown;
type JsonMap = Readonly<Record<string, Json>>;

const isMap = (value: Json): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** What the API server sets. */
const NOT_WRITTEN = new Set(['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink']);

/** Of a live object what a manifest speaks of; list elements are matched by name. */
function asIn(live: Json, manifest: Json): Json {
  if (isMap(live) && isMap(manifest)) {
    const shared = Object.keys(manifest).filter((key) => Object.hasOwn(live, key));
    return Object.fromEntries(shared.map((key) => [key, asIn(live[key], manifest[key])]));
  }
  if (Array.isArray(live) && Array.isArray(manifest)) {
    return live.map((element: Json, index) => {
      const name = isMap(element) ? element['name'] : undefined;
      const own = name === undefined ? undefined : manifest.find((one: Json) => isMap(one) && one['name'] === name);
      const like: Json = own ?? manifest[index];
      return like === undefined ? element : asIn(element, like);
    });
  }
  return live;
}

function lastApplied(live: Json): Json {
  const metadata = isMap(live) ? live['metadata'] : undefined;
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined;
  const text = isMap(annotations) ? annotations[LAST_APPLIED] : undefined;
  if (typeof text !== 'string') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** Fields that the last manifest had, this one has not, and the object still has: applying takes them away. */
function taken(before: Json, manifest: Json, live: Json): Json {
  if (!isMap(before) || !isMap(live)) return {};
  const fields: Record<string, Json> = {};
  for (const [key, value] of Object.entries(before)) {
    if (!Object.hasOwn(live, key)) continue;
    if (!isMap(manifest) || !Object.hasOwn(manifest, key)) fields[key] = live[key];
    else if (isMap(value)) {
      const inner = taken(value, manifest[key], live[key]);
      if (isMap(inner) && Object.keys(inner).length > 0) fields[key] = inner;
    }
  }
  return fields;
}

/** Leaves of a tree with a path each, as taken away. */
function* removals(tree: Json, path = ''): Generator<FieldChange> {
  if (!isMap(tree)) {
    yield { path, before: JSON.stringify(tree), after: null, by: [] };
    return;
  }
  for (const [key, value] of Object.entries(tree)) yield* removals(value, path === '' ? key : `${path}.${key}`);
}

/** Of metadata what a person writes. */
const writtenOf = (metadata: Json): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(isMap(metadata) ? metadata : {}).filter(([key]) => !NOT_WRITTEN.has(key)));

/** @returns the fields that would become other ones */
export function plannedChanges(live: Json, manifest: Json): readonly FieldChange[] {
  if (!isMap(manifest)) return [];
  const { status: _status, ...rest } = manifest;
  const written = { ...rest, metadata: writtenOf(manifest['metadata']) };
  const changes = changesBetween(asIn(live, written), written).map((change) => ({ ...change, by: [] }));
  return [...changes, ...removals(taken(lastApplied(live), written, live))];
}

/** A live object as a manifest to be edited: without what only the API server writes. */
export function manifestOf(live: Json): string {
  if (!isMap(live)) return '';
  const { status: _status, ...rest } = live;
  const metadata: Record<string, Json> = { ...writtenOf(live['metadata']) };
  if (isMap(metadata['annotations'])) {
    const { [LAST_APPLIED]: _applied, ...annotations } = metadata['annotations'];
    if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations;
    else delete metadata['annotations'];
  }
  return stringify({ ...rest, metadata }, { aliasDuplicateObjects: false, lineWidth: 0 });
}
