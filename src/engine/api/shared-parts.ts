/**
 * Parts of pods that many have alike: conditions that turned in the same second, addresses of one node, their owner. Equal ones are
 * one object, as long as it is among the last that were seen, so that a pod at rest is small.
 */
import { writtenAlike } from './json';
import type { ObjectMeta, Pod, PodCondition } from './types';

type Status = Pod['status'];
type Conditions = NonNullable<Status['conditions']>;
type Addresses = NonNullable<Status['hostIPs']>;

/** How many groups of each sort are kept at hand; the oldest goes first. */
const KEPT = 256;
/** How many of a group. */
const KEPT_OF_ONE = 64;

/** The last values that were seen, in small groups by something that equal ones have in common. */
class Last<Common, T extends object> {
  readonly #groups = new Map<Common, T[]>();
  readonly #isEqual: (one: T, other: T) => boolean;

  constructor(isEqual: (one: T, other: T) => boolean) {
    this.#isEqual = isEqual;
  }

  /** The one that is equal to `value` and was there before, or `value` itself, frozen. */
  of(common: Common, value: T): T {
    const group = this.#group(common);
    for (const known of group) if (known === value || this.#isEqual(known, value)) return known;
    if (group.length >= KEPT_OF_ONE) group.shift();
    group.push(Object.freeze(value));
    return value;
  }

  #group(common: Common): T[] {
    const known = this.#groups.get(common);
    if (known !== undefined) return known;
    if (this.#groups.size >= KEPT) for (const oldest of this.#groups.keys()) if (this.#groups.delete(oldest)) break;
    const group: T[] = [];
    this.#groups.set(common, group);
    return group;
  }
}

/** By the time of their last turn. */
const conditions = new Last<string, PodCondition>(sayTheSame);
/** By their last condition. */
const lists = new Last<PodCondition, Conditions>(areTheSame);
const addresses = new Last<string, Addresses>(() => true);

type Owners = NonNullable<ObjectMeta['ownerReferences']>;

/** By the uid of the first. */
const owners = new Last<string, Owners>(writtenAlike);

/** The list in place of an equal one that is there already: all pods of a ReplicaSet have the same. */
export const sharedOwners = (given: Owners): Owners => (given.length === 0 ? given : owners.of(given[0]!.uid, given));

/** Whether it says nothing but its type, status and times. */
function isPlain(condition: PodCondition): boolean {
  for (const name in condition) {
    if (name !== 'type' && name !== 'status' && name !== 'lastTransitionTime' && name !== 'observedGeneration')
      return false;
  }
  return true;
}

/** Of two plain conditions that turned at one time: whether they say the same in the same order. */
function sayTheSame(one: PodCondition, other: PodCondition): boolean {
  if (one.type !== other.type || one.status !== other.status) return false;
  if (one['observedGeneration'] !== other['observedGeneration']) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  return names.length === others.length && names.every((name, index) => name === others[index]);
}

function areTheSame(some: Conditions, others: Conditions): boolean {
  return some.length === others.length && some.every((condition, index) => condition === others[index]);
}

/** The status with parts in place of equal ones that are there already. */
export function withSharedParts(status: Status): Status {
  const { conditions: given, hostIPs } = status;
  const shared = { ...status };
  if (given !== undefined) shared.conditions = sharedConditions(given);
  const ip = hostIPs?.length === 1 ? hostIPs[0]!.ip : undefined;
  if (ip !== undefined) shared.hostIPs = addresses.of(ip, hostIPs!);
  return shared;
}

/** What the last lists were shared as: patches of a form bring the very same. */
const sharedAs = new Map<Conditions, Conditions>();

export function sharedConditions(given: Conditions): Conditions {
  let shared = sharedAs.get(given);
  if (shared !== undefined) return shared;
  if (sharedAs.size >= KEPT) sharedAs.clear();
  sharedAs.set(given, (shared = withSharedConditions(given)));
  return shared;
}

function withSharedConditions(given: Conditions): Conditions {
  const shared: Conditions = [];
  let isShared = given.length > 0;
  for (const condition of given) {
    const plain = isPlain(condition);
    shared.push(plain ? conditions.of(condition.lastTransitionTime ?? '', condition) : condition);
    isShared &&= plain;
  }
  return isShared ? lists.of(shared[shared.length - 1]!, shared) : shared;
}
