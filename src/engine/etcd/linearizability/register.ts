/**
 * One key of etcd as an object: put, get, delete, and put if the key still holds what was read of it. Every put writes another
 * value, so that a value stands for its revision. Keys are independent of each other, so each has a history of its own (Herlihy and Wing: linearizability is local).
 */
import { checkLinearizable, type Model, type Operation, type Verdict } from './checker';

/** What a key holds: the number of the put that wrote it, or nothing. */
export type Held = number;
export const ABSENT: Held = 0;

export type RegisterOp =
  | { readonly type: 'get'; readonly held: Held }
  | { readonly type: 'put'; readonly value: Held }
  /** Whether there was something to delete; null: unknown. */
  | { readonly type: 'delete'; readonly deleted: boolean | null }
  /** `held`: what was found where `expected` was not; null: it was as expected; undefined: unknown. */
  | { readonly type: 'swap'; readonly expected: Held; readonly value: Held; readonly held: Held | null | undefined };

export interface KeyOperation extends Operation<RegisterOp> {
  readonly key: string;
}

export const register: Model<Held, RegisterOp> = {
  initial: ABSENT,
  step(state, op) {
    switch (op.type) {
      case 'get':
        return op.held === state ? state : undefined;
      case 'put':
        return op.value;
      case 'delete':
        return op.deleted === null || op.deleted === (state !== ABSENT) ? ABSENT : undefined;
      case 'swap':
        if (op.held === undefined) return state === op.expected ? op.value : state;
        if (op.held === null) return state === op.expected ? op.value : undefined;
        return state !== op.expected && state === op.held ? state : undefined;
    }
  },
};

/** Each key's history by itself. @returns the verdict of every key, in the order of their first operations */
export function checkKeys(history: readonly KeyOperation[]): Map<string, Verdict> {
  const byKey = new Map<string, KeyOperation[]>();
  for (const operation of history) {
    const own = byKey.get(operation.key);
    if (own === undefined) byKey.set(operation.key, [operation]);
    else own.push(operation);
  }
  return new Map([...byKey].map(([key, own]) => [key, checkLinearizable(register, own)]));
}
