/** Measures how fast virtual time went and how much happened over the last second of real time. */

const WINDOW_MS = 1000;

export class SpeedMeter {
  #windowStart = 0;
  #virtual = 0;
  #events = 0;
  #speed = 0;
  #rate = 0;

  /** @param virtual - µs that virtual time went on */
  advance(virtual: number): void {
    this.#virtual += virtual;
  }

  count(events: number): void {
    this.#events += events;
  }

  /** Virtual seconds per real second. */
  speed(now_ms: number): number {
    this.#roll(now_ms);
    return this.#speed;
  }

  eventsPerSecond(now_ms: number): number {
    this.#roll(now_ms);
    return this.#rate;
  }

  #roll(now_ms: number): void {
    const elapsed = now_ms - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    this.#speed = this.#virtual / 1000 / elapsed;
    this.#rate = Math.round((this.#events * 1000) / elapsed);
    this.#windowStart = now_ms;
    this.#virtual = 0;
    this.#events = 0;
  }
}
