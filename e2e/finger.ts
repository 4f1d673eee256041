/** A finger on the page: put down, moved, lifted, as the browser hears it. */
import type { CDPSession, Locator, Page } from '@playwright/test';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export async function middleOf(thing: Locator): Promise<Point> {
  const box = (await thing.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const STEPS = 8;

export class Finger {
  readonly #session: CDPSession;
  #at: Point = { x: 0, y: 0 };

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  async put(at: Point): Promise<void> {
    this.#at = at;
    await this.#tell('touchStart', [at]);
  }

  async moveTo(to: Point): Promise<void> {
    const from = this.#at;
    for (let step = 1; step <= STEPS; step++) {
      this.#at = { x: from.x + ((to.x - from.x) * step) / STEPS, y: from.y + ((to.y - from.y) * step) / STEPS };
      await this.#tell('touchMove', [this.#at]);
    }
  }

  lift(): Promise<void> {
    return this.#tell('touchEnd', []);
  }

  async drag(from: Point, to: Point): Promise<void> {
    await this.put(from);
    await this.moveTo(to);
    await this.lift();
  }

  async #tell(type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: readonly Point[]): Promise<void> {
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints: [...touchPoints] });
  }
}
