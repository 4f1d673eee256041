/**
 * The laws of a cluster, held against every write and against what processes and machines do. Looks on from outside: reading
 * changes nothing. What was found is kept over rewinds, and shown where it had happened.
 */
import type { Kernel } from '#engine/kernel/kernel';
import type { Micros } from '#engine/kernel/time';
import type { RecordedInput } from '../door';
import { Sight } from '../observe/sight';
import { nothingLost, oneLeader } from './etcd-wardens';
import type { Scene, Warden } from './law';
import { agreement, oneOfAName } from './machine-wardens';
import { allocatable, boundOnce, budgets, oneAddress } from './pod-wardens';
import type { Breach, LawName, LawReport } from './report';

/** A breach belongs to the runs with the same inputs up to it. */
interface Found extends Breach {
  readonly law: LawName;
  readonly inputs: number;
}

const wardens = (): readonly Warden[] => [
  oneLeader(),
  nothingLost(),
  boundOnce(),
  oneOfAName(),
  allocatable(),
  budgets(),
  oneAddress(),
  agreement(),
];

export class Laws {
  readonly #kernel: Kernel;
  readonly #sight: Sight;
  readonly #wardens = wardens();
  readonly #since: Micros;
  readonly #found: Found[];
  #quietSince: Micros | null;

  /** @param before - what was found before the run was put somewhere else */
  constructor(kernel: Kernel, before: Laws | null) {
    this.#kernel = kernel;
    this.#sight = new Sight(kernel);
    this.#found = before === null ? [] : before.#found;
    this.#since = before === null ? kernel.now : Math.min(before.#since, kernel.now);
    this.#quietSince = kernel.now;
  }

  /** Looks at all that happened since the last look. */
  look(faults: number, inputs: readonly RecordedInput[]): LawReport {
    const kernel = this.#kernel;
    if (faults > 0) this.#quietSince = null;
    else this.#quietSince ??= kernel.now;
    const scene: Scene = { kernel, sight: this.#sight, quietSince: this.#quietSince };
    const acted = inputs.reduce((count, { at }) => count + (at <= kernel.now ? 1 : 0), 0);
    const accuser =
      (law: LawName) =>
      (text: string, subject: Breach['subject'] = null) => {
        const isKnown = this.#found.some(
          (found) => found.law === law && found.at <= kernel.now && found.inputs <= acted,
        );
        if (!isKnown)
          this.#found.push({ law, at: kernel.now, event: kernel.causes.next - 1, text, subject, inputs: acted });
      };
    this.#sight.look((write) => {
      for (const warden of this.#wardens) warden.take?.(write, scene, accuser(warden.law));
    });
    for (const warden of this.#wardens) warden.look?.(scene, accuser(warden.law));
    return { since: this.#since, laws: this.#wardens.map(({ law }) => ({ law, breach: this.#breachOf(law, inputs) })) };
  }

  #breachOf(law: LawName, inputs: readonly RecordedInput[]): Breach | null {
    const { now } = this.#kernel;
    const breach = this.#found.find(
      (found) =>
        found.law === law &&
        found.at <= now &&
        found.inputs === inputs.reduce((count, { at }) => count + (at <= found.at ? 1 : 0), 0),
    );
    if (breach === undefined) return null;
    const { at, event, text, subject } = breach;
    return { at, event, text, subject };
  }
}
