/**
 * Seeded randomness. One generator per purpose, each split from the seed by its name alone, so that a
 * draw added for one purpose moves no other. State is four 32-bit words of plain data.
 *
 * @source sfc32 of PractRand (Chris Doty-Humphrey): 128 bits of state, passes PractRand and BigCrush
 */

/** The state of one generator: four unsigned 32-bit words. Plain data, changed by each draw. */
export type RandomState = [number, number, number, number];

export interface Random {
  /** A whole number from 0 to 2³² − 1. */
  word(): number;
  /** A whole number from 0 to `bound` − 1; `bound` from 1 to 2³². */
  below(bound: number): number;
  /** A multiple of 2⁻³² in [0, 1). */
  fraction(): number;
}

/** FNV-1a over UTF-16 code units, 32 bits, from a given basis: the splitting of seeds by name. */
export function hashName(name: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The generator of `purpose` in the run that `seed` names. */
export function seedState(seed: number, purpose: string): RandomState {
  const low = seed >>> 0;
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0;
  const state: RandomState = [hashName(purpose, 0x811c9dc5 ^ low), hashName(purpose, low ^ 0x9e3779b9), low ^ high, 1];
  for (let i = 0; i < 12; i++) nextWord(state);
  return state;
}

/** Draws 32 bits and moves the state on. */
export function nextWord(state: RandomState): number {
  const sum = (((state[0] + state[1]) | 0) + state[3]) | 0;
  state[3] = (state[3] + 1) | 0;
  state[0] = state[1] ^ (state[1] >>> 9);
  state[1] = (state[2] + (state[2] << 3)) | 0;
  state[2] = (((state[2] << 21) | (state[2] >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** The interface over a state. The state stays where it is; this object holds nothing else. */
export class StatefulRandom implements Random {
  readonly #state: RandomState;

  constructor(state: RandomState) {
    this.#state = state;
  }

  word(): number {
    return nextWord(this.#state);
  }

  below(bound: number): number {
    return Math.floor((nextWord(this.#state) / 0x1_0000_0000) * bound);
  }

  fraction(): number {
    return nextWord(this.#state) / 0x1_0000_0000;
  }
}
