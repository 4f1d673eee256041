/**
 * Parts of pods' statuses that many pods have alike: conditions that turned in the same second, addresses of one node. Equal ones are
 * one object, as long as it is among the last that were seen, so that a pod at rest is small.
 */
import type { Pod, PodCondition } from './types';

type Status = Pod['status'];
type Conditions = NonNullable<Status['conditions']>;
type Addresses = NonNullable<Status['hostIPs']>;

/** How many of each sort are kept at hand; the oldest goes first. */
const KEPT = 512;

class Last<T extends object> {
  readonly #byKey = new Map<string, T>();

  of(key: string, value: T): T {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= KEPT) for (const oldest of this.#byKey.keys()) if (this.#byKey.delete(oldest)) break;
    this.#byKey.set(key, Object.freeze(value));
    return value;
  }
}

const conditions = new Last<PodCondition>();
const lists = new Last<Conditions>();
const addresses = new Last<Addresses>();

/** A condition that says only its type, status and times, in the order in which it says them; '' of others. */
function keyOf(condition: PodCondition): string {
  let key = '';
  for (const name in condition) {
    if (name !== 'type' && name !== 'status' && name !== 'lastTransitionTime' && name !== 'observedGeneration')
      return '';
    key += `${name}=${condition[name]} `;
  }
  return key;
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

function sharedConditions(given: Conditions): Conditions {
  let all = '';
  const shared: Conditions = [];
  for (const condition of given) {
    const key = keyOf(condition);
    shared.push(key === '' ? condition : conditions.of(key, condition));
    all = key === '' || all === '-' ? '-' : `${all},${key}`;
  }
  return all === '-' || all === '' ? shared : lists.of(all, shared);
}
