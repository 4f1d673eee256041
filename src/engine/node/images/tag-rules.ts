/**
 * Which tags of a well-known repository exist. Registries hold thousands of tags; a short rule per repository says yes to
 * every version that was released (and its usual variants) and no to the slips that people make on purpose in
 * examples, such as `nginx:1.161` or `nginx:1.91`.
 */

/** Versions of one major line: minors `from` to `to`; a patch number of at most `patch` may follow. */
export interface VersionRange {
  readonly major: number;
  readonly from: number;
  readonly to: number;
  /** Highest patch number; absent: 60. */
  readonly patch?: number;
}

export interface TagRule {
  /** Released lines. */
  readonly versions: readonly VersionRange[];
  /** Tags without a version, e.g. `latest`, `alpine`, `stable`. */
  readonly names: readonly string[];
  /** What may follow a version or stand as a name before a number, e.g. `alpine`, `bookworm`, `slim`. */
  readonly variants: readonly string[];
  /** The version is written `v1.2.3`. */
  readonly prefix?: 'v';
}

/** Whether the rule (`null`: any tag) knows the tag: `[v]MAJOR[.MINOR[.PATCH]][-variant…]`, or a name with variants. */
export function tagExists(rule: TagRule | null, tag: string): boolean {
  if (rule === null || rule.names.includes(tag)) return true;
  const parts = tag.split('-');
  const head = parts[0] ?? '';
  const variantsKnown = parts.slice(1).every((part) => isVariant(rule, part));
  if (rule.names.includes(head)) return variantsKnown;
  if (isVariant(rule, head)) return variantsKnown;
  const version = rule.prefix === 'v' ? (head.startsWith('v') ? head.slice(1) : '') : head;
  return isVersion(rule, version) && variantsKnown;
}

function isVersion(rule: TagRule, version: string): boolean {
  const numbers = version.split('.');
  if (numbers.length > 3 || !numbers.every(isNumber)) return false;
  const [major, minor, patch] = numbers.map(Number);
  return rule.versions.some(
    (range) =>
      range.major === major &&
      (minor === undefined || (minor >= range.from && minor <= range.to)) &&
      (patch === undefined || patch <= (range.patch ?? 60)),
  );
}

/** A variant, perhaps with a version of its own: `alpine`, `alpine3.20`, `management`. */
function isVariant(rule: TagRule, part: string): boolean {
  if (isNumber(part)) return rule.variants.includes('#');
  const end = part.search(/[0-9]/);
  if (end <= 0) return rule.variants.includes(part);
  return rule.variants.includes(part.slice(0, end)) && part.slice(end).split('.').every(isNumber);
}

const isNumber = (text: string): boolean => text.length <= 6 && /^[0-9]+$/.test(text);
