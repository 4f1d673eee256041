/**
 * The values of server-side apply: an object with a configuration merged into it, an object without some of its fields, and
 * the fields that a configuration speaks of. Nothing is changed in place; what stays is shared.
 * @source sigs.k8s.io/structured-merge-diff typed/{merge,remove,tofieldset,validate}.go, fieldpath/set.go (EnsureNamedFieldsAreMembers)
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json';
import { compareKeys, fieldKey, fieldSet, type FieldSet, hasSelf, LEAF } from './field-set';
import { itemKey, memberType, type Typed, UNOWNED } from './typed';

/** `live` with `config` on top: what the configuration says wins, what it does not mention stays. */
export function mergeValue(type: Typed, live: unknown, config: unknown): unknown {
  if (config === undefined || live === config) return live;
  if (live === undefined || live === null) return config;
  switch (type.kind) {
    case 'struct':
    case 'map':
    case 'any':
      return isJsonObject(live) && isJsonObject(config) ? mergeMaps(type, live, config) : config;
    case 'list':
      return isJsonArray(live) && isJsonArray(config) ? mergeLists(type, live, config) : config;
    default:
      return config;
  }
}

function mergeMaps(type: Typed, live: JsonObject, config: JsonObject): unknown {
  const merged: Record<string, unknown> = { ...live };
  for (const name of Object.keys(config)) {
    const of = memberType(type, name);
    merged[name] = of === undefined ? config[name] : mergeValue(of, live[name], config[name]);
  }
  return merged;
}

/**
 * Items of both lists, those of the configuration in its order. Items that only the live list has keep their place among
 * those that both have.
 */
function mergeLists(type: Typed, live: readonly JsonValue[], config: readonly JsonValue[]): unknown {
  const keysOf = (list: readonly JsonValue[]) => list.map((item, index) => itemKey(type, item) ?? `i:${index}`);
  const liveKeys = keysOf(live);
  const configKeys = keysOf(config);
  const inLive = new Map(liveKeys.map((key, index) => [key, live[index]]));
  const inConfig = new Set(configKeys);
  const common = configKeys.filter((key) => inLive.has(key));
  const done = new Set<string>();
  const out: unknown[] = [];
  const take = (index: number): void => {
    const key = configKeys[index]!;
    done.add(key);
    out.push(mergeValue(type.element, inLive.get(key), config[index]));
  };
  let next = 0;
  for (let l = 0, c = 0; l < live.length || c < config.length;) {
    const key = liveKeys[l];
    if (key !== undefined && c < config.length) {
      if (key === configKeys[c]) {
        take(c++);
        l++;
        next++;
        continue;
      }
      if (inConfig.has(key) && next < common.length && common[next] !== key) {
        l++;
        continue;
      }
    }
    if (key !== undefined) {
      if (!inConfig.has(key)) {
        out.push(live[l++]);
        continue;
      }
      if (done.has(key)) l++;
    }
    if (c < config.length) {
      if (configKeys[c] === common[next]) next++;
      take(c++);
    }
  }
  return out;
}

/** A value without what a set names; what becomes empty by that goes, too. */
export function removeFields(type: Typed, value: unknown, fields: FieldSet | null): unknown {
  if (fields === null) return value;
  if (type.kind === 'list' && isJsonArray(value)) {
    const left: unknown[] = [];
    for (const item of value) {
      const below = fields[itemKey(type, item) ?? ''];
      if (below === undefined) left.push(item);
      else if (!hasSelf(below)) left.push(removeFields(type.element, item, below));
    }
    return left.length === 0 ? undefined : left;
  }
  if (type.kind === 'scalar' || type.kind === 'atomic' || type.kind === 'list' || !isJsonObject(value)) return value;
  const left: Record<string, unknown> = {};
  let empty = true;
  for (const name of Object.keys(value)) {
    const below = fields[fieldKey(name)];
    const of = memberType(type, name);
    if (below !== undefined && hasSelf(below)) continue;
    const member = below === undefined || of === undefined ? value[name] : removeFields(of, value[name], below);
    if (member === undefined) continue;
    left[name] = member;
    empty = false;
  }
  return empty ? undefined : left;
}

/** The fields that a value speaks of. `self`: it is an item or a map's entry, which is spoken of itself. */
export function fieldsOf(type: Typed, value: unknown, self = false): FieldSet | null {
  const keys: string[] = self ? ['.'] : [];
  const below: FieldSet[] = self ? [LEAF] : [];
  const add = (key: string, set: FieldSet | null): void => {
    if (set === null) return;
    keys.push(key);
    below.push(set);
  };
  switch (type.kind) {
    case 'struct':
    case 'map':
    case 'any':
      if (!isJsonObject(value)) return self || type.kind === 'any' ? LEAF : null;
      for (const name of Object.keys(value).sort((a, b) => compareKeys(fieldKey(a), fieldKey(b)))) {
        const member = value[name];
        const of = memberType(type, name);
        if (member === undefined || of === undefined || (type.rest !== undefined && UNOWNED.includes(name))) continue;
        const bare = member === null || (isJsonObject(member) && Object.keys(member).length === 0);
        add(fieldKey(name), fieldsOf(of, member, bare || type.kind === 'map'));
      }
      break;
    case 'list': {
      if (!isJsonArray(value)) return self ? LEAF : null;
      const items = new Map(value.map((item) => [itemKey(type, item) ?? '', item]));
      for (const key of [...items.keys()].sort(compareKeys)) {
        if (key !== '') add(key, fieldsOf(type.element, items.get(key), true));
      }
      break;
    }
    default:
      return LEAF;
  }
  return fieldSet(keys, below);
}

/** The set with those structs and maps in it, too, of which it has a field. */
export function withNamedFields(type: Typed, set: FieldSet | null): FieldSet | null {
  if (set === null) return null;
  const keys: string[] = hasSelf(set) ? ['.'] : [];
  const below: FieldSet[] = keys.map(() => LEAF);
  for (const key of Object.keys(set)) {
    if (key === '.') continue;
    const isField = key[0] === 'f' && type.kind !== 'map';
    const of = isField ? memberType(type, key.slice(2)) : type.element;
    const child = of === undefined ? set[key]! : withNamedFields(of, set[key]!)!;
    const named = isField && of !== undefined && !hasSelf(child);
    keys.push(key);
    below.push(named ? fieldSet(['.', ...Object.keys(child)], [LEAF, ...Object.values(child)])! : child);
  }
  return fieldSet(keys, below);
}
