/** Rules of roles: whether some cover others, how one is written in messages. @source kubernetes pkg/apis/rbac/v1/evaluation_helpers.go, component-helpers/auth/rbac/validation/policy_comparator.go */
import { has, NONE, type PolicyRule, urlMatches } from './rules';

const goList = (list: readonly string[]): string => `[${list.map((text) => JSON.stringify(text)).join(' ')}]`;

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}` */
export function ruleText(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (label: string, list: readonly string[] | undefined): void => {
    if (list !== undefined && list.length > 0) parts.push(`${label}:${goList(list)}`);
  };
  add('APIGroups', rule.apiGroups);
  add('Resources', rule.resources);
  add('NonResourceURLs', rule.nonResourceURLs);
  add('ResourceNames', rule.resourceNames);
  add('Verbs', rule.verbs);
  return `{${parts.join(', ')}}`;
}

const orAny = (list: readonly string[] | undefined): readonly (string | null)[] =>
  list === undefined || list.length === 0 ? [null] : list;

/** A rule in pieces of one verb, one group, one resource and at most one name each. */
function piecesOf(rule: PolicyRule): PolicyRule[] {
  const pieces: PolicyRule[] = [];
  for (const apiGroup of rule.apiGroups ?? NONE) {
    for (const resource of rule.resources ?? NONE) {
      for (const verb of rule.verbs) {
        for (const name of orAny(rule.resourceNames)) {
          const names = name === null ? {} : { resourceNames: [name] };
          pieces.push({ verbs: [verb], apiGroups: [apiGroup], resources: [resource], ...names });
        }
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? NONE)
    for (const verb of rule.verbs) pieces.push({ verbs: [verb], nonResourceURLs: [url] });
  return pieces;
}

function resourceCovered(owned: readonly string[] | undefined, wanted: string): boolean {
  if (owned === undefined) return false;
  if (owned.includes('*') || owned.includes(wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash >= 0 && owned.includes(`*${wanted.slice(slash)}`);
}

/** Whether `owner` allows all that the piece `wanted` does. */
function covers(owner: PolicyRule, wanted: PolicyRule): boolean {
  if (!has(owner.verbs, wanted.verbs[0]!)) return false;
  const url = wanted.nonResourceURLs?.[0];
  if (url !== undefined) return (owner.nonResourceURLs ?? NONE).some((given) => urlMatches(given, url));
  if (!has(owner.apiGroups, wanted.apiGroups![0]!) || !resourceCovered(owner.resources, wanted.resources![0]!))
    return false;
  const owned = owner.resourceNames ?? NONE;
  return owned.length === 0 || (wanted.resourceNames !== undefined && owned.includes(wanted.resourceNames[0]!));
}

const pathOf = (piece: PolicyRule): string =>
  `${piece.apiGroups?.[0] ?? ''}\n${piece.resources?.[0] ?? ''}\n${piece.resourceNames?.[0] ?? '\0'}`;

/** What of `wanted` no rule of `owned` allows, with verbs of the same resource in one rule. */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const missing = wanted.flatMap(piecesOf).filter((piece) => !owned.some((rule) => covers(rule, piece)));
  const compact: PolicyRule[] = [];
  const places = new Map<string, number>();
  for (const piece of missing) {
    const path = piece.nonResourceURLs === undefined ? pathOf(piece) : null;
    const place = path === null ? undefined : places.get(path);
    if (place !== undefined) {
      const before = compact[place]!;
      if (!before.verbs.includes(piece.verbs[0]!))
        compact[place] = { ...before, verbs: [...before.verbs, ...piece.verbs] };
      continue;
    }
    if (path !== null) places.set(path, compact.length);
    compact.push(piece);
  }
  return compact;
}
