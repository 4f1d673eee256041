/** What is different between two versions of an object, and who wrote it by `metadata.managedFields`. Pure. */

type Json = unknown;
type JsonMap = Readonly<Record<string, Json>>;

/** The part of a `managedFields` entry that is read. */
interface ManagedEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: JsonMap;
}

export interface FieldChange {
  /** e.g. `spec.containers[nginx].image`. */
  readonly path: string;
  /** As JSON; null: it was not there. */
  readonly before: string | null;
  readonly after: string | null;
  /** Who has it by the later version; empty: nobody says so. */
  readonly by: readonly string[];
}

const isMap = (value: Json): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_CHANGES = 200;
/** Keys by which elements of lists are told apart. */
const KEYS = ['name', 'type', 'uid', 'containerPort', 'port', 'ip', 'mountPath', 'key'] as const;
/** These change with every write and say nothing. */
const SILENT = new Set(['metadata.managedFields', 'metadata.resourceVersion']);

const shown = (value: Json): string | null => (value === undefined ? null : JSON.stringify(value));

/** The key by which all elements of both lists are told apart, if there is one. */
function keyOf(before: readonly Json[], after: readonly Json[]): (typeof KEYS)[number] | null {
  const key = KEYS.find((name) => [...before, ...after].every((element) => isMap(element) && name in element));
  if (key === undefined) return null;
  const isUnique = (list: readonly Json[]): boolean =>
    new Set(list.map((element) => (element as JsonMap)[key])).size === list.length;
  return isUnique(before) && isUnique(after) ? key : null;
}

/** A step down in an object, and in the set of fields of a manager. */
interface Step {
  readonly text: string;
  /** Whether a key of `fieldsV1` means this step. */
  matches(field: string): boolean;
}

const member = (name: string, isFirst: boolean): Step => ({
  text: /^[\w-]+$/.test(name) ? `${isFirst ? '' : '.'}${name}` : `[${name}]`,
  matches: (field) => field === `f:${name}`,
});

const element = (key: string, value: Json): Step => ({
  text: `[${String(value)}]`,
  matches: (field) => {
    if (!field.startsWith('k:')) return false;
    try {
      return (JSON.parse(field.slice(2)) as JsonMap)[key] === value;
    } catch {
      return false;
    }
  },
});

function owns(fields: JsonMap | undefined, steps: readonly Step[]): boolean {
  let at: Json = fields;
  for (const step of steps) {
    if (!isMap(at)) return false;
    const field = Object.keys(at).find((key) => step.matches(key));
    // A manager that has the whole has its parts.
    if (field === undefined) return '.' in at && Object.keys(at).length === 1;
    at = at[field];
    if (isMap(at) && Object.keys(at).length === 0) return true;
  }
  return true;
}

const entriesOf = (object: Json): readonly ManagedEntry[] => {
  const { metadata } = (isMap(object) ? object : {}) as { readonly metadata?: { readonly managedFields?: unknown } };
  return Array.isArray(metadata?.managedFields) ? (metadata.managedFields as readonly ManagedEntry[]) : [];
};

/** `kubectl (status)`: a manager, and the subresource that it writes. */
const writerOf = ({ manager = '', subresource }: ManagedEntry): string =>
  subresource === undefined || subresource === '' ? manager : `${manager} (${subresource})`;

/** The fields that differ, in the order of the later version. */
export function changesBetween(before: Json, after: Json): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  const managers = [...entriesOf(after), ...entriesOf(before)];
  const tell = (steps: readonly Step[], was: Json, is: Json): void => {
    if (changes.length >= MOST_CHANGES) return;
    const path = steps.map(({ text }) => text).join('');
    const by = managers.filter(({ fieldsV1 }) => owns(fieldsV1, steps)).map(writerOf);
    changes.push({ path, before: shown(was), after: shown(is), by: [...new Set(by)] });
  };
  const compare = (was: Json, is: Json, steps: readonly Step[]): void => {
    if (was === is || SILENT.has(steps.map(({ text }) => text).join(''))) return;
    if (isMap(was) && isMap(is)) {
      for (const name of new Set([...Object.keys(is), ...Object.keys(was)])) {
        compare(was[name], is[name], [...steps, member(name, steps.length === 0)]);
      }
      return;
    }
    if (Array.isArray(was) && Array.isArray(is)) {
      const key = keyOf(was, is);
      if (key !== null) {
        const old = new Map(was.map((one: Json) => [(one as JsonMap)[key], one]));
        for (const one of is as readonly JsonMap[]) {
          compare(old.get(one[key]), one, [...steps, element(key, one[key])]);
          old.delete(one[key]);
        }
        for (const [value, one] of old) compare(one, undefined, [...steps, element(key, value)]);
        return;
      }
    }
    if (JSON.stringify(was) !== JSON.stringify(is)) tell(steps, was, is);
  };
  if (isMap(before) && isMap(after)) compare(before, after, []);
  return changes;
}

/** Who has which part of an object by `managedFields`: how many fields, and when last. */
export interface FieldOwner {
  readonly writer: string;
  readonly operation: string;
  readonly time: string;
  readonly fields: readonly string[];
}

/** The paths of a set of fields, in kubectl's notation without `f:` and `k:`. */
function pathsOf(fields: JsonMap, path = ''): readonly string[] {
  return Object.entries(fields).flatMap(([key, inner]) => {
    if (key === '.') return [];
    const here = key.startsWith('f:') ? `${path === '' ? '' : `${path}.`}${key.slice(2)}` : `${path}[${key.slice(2)}]`;
    const below = isMap(inner) ? pathsOf(inner, here) : [];
    return below.length === 0 ? [here] : below;
  });
}

export const ownersOf = (object: Json): readonly FieldOwner[] =>
  entriesOf(object).map((entry) => ({
    writer: writerOf(entry),
    operation: entry.operation ?? '',
    time: entry.time ?? '',
    fields: pathsOf(entry.fieldsV1 ?? {}),
  }));

/** Who wrote a version: those whose entry is not the one before; empty when the versions do not tell. */
export function writersOf(before: Json, after: Json): readonly string[] {
  const known = new Set(entriesOf(before).map((entry) => JSON.stringify(entry)));
  return [
    ...new Set(
      entriesOf(after)
        .filter((entry) => !known.has(JSON.stringify(entry)))
        .map(writerOf),
    ),
  ];
}
