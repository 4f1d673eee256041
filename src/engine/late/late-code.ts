/** A place was used that is still empty: whoever runs the engine loads the late code and goes again from what was kept before. */
export class LateCodeMissing extends Error {}

/**
 * Code that a host may load after the start, to keep the first download small: what no cluster needs before somebody acts on
 * it. A floor declares the place and uses it as if it were filled; a host that loads late fills all places
 * (`engine/cluster/late-code.ts`) before it hands in an input or a saved state. What fills a place is always the same code,
 * so that no run depends on when it came.
 */
export class LateCode<Code> {
  readonly #name: string;
  #code: Code | null = null;

  /** @param name - what errors call it */
  constructor(name: string) {
    this.#name = name;
  }

  provide(code: Code): void {
    this.#code = code;
  }

  /** @throws LateCodeMissing when the host has not loaded it */
  get code(): Code {
    if (this.#code === null) throw new LateCodeMissing(`${this.#name} has not been loaded`);
    return this.#code;
  }
}
