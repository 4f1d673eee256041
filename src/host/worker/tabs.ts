/**
 * One cluster in several tabs: whoever holds its lock runs it; the others show the frames that the leader sends, hand on to it
 * what their people do, and wait for the lock. A browser without Web Locks lets every tab run its own.
 */
import type { HostStatus, Pace } from './protocol';
import type { CallName, ToPage } from './messages';
import { Refusal } from './refusal';

type Told = Extract<ToPage, { readonly type: 'frame' | 'crash' }>;

/** What tabs say to each other. `from`, `to`: a follower. */
type TabMessage =
  | { readonly type: 'hello' | 'bye'; readonly from: string }
  | {
      readonly type: 'call';
      readonly from: string;
      readonly id: number;
      readonly name: CallName;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'pace'; readonly pace: Pace }
  | { readonly type: 'answer'; readonly to: string; readonly answer: ToPage }
  /** Absent `to`: to all. */
  | { readonly type: 'told'; readonly to?: string; readonly told: Told }
  /** The run is kept as another one now. */
  | { readonly type: 'moved'; readonly key: string; readonly name: string };

/** What tabs need of the worker that they stand in. */
export interface Seat {
  /** Does what a page asks, here. */
  carryOut(id: number, name: CallName, args: readonly unknown[]): Promise<ToPage>;
  setPace(pace: Pace): void;
  toPage(message: ToPage): void;
  /** Everything, for somebody who has seen nothing; null: there is nothing yet. */
  everything(): Told | null;
  /** The tab that led is gone. `name`: as which it kept the run, if that has changed; `hadLeader`: it was heard of at all. */
  lead(name: string | undefined, hadLeader: boolean): Promise<void>;
}

/** Calls that may be made again when nobody knows whether they were carried out. */
const HARMLESS: readonly CallName[] = [
  'prepare',
  'object',
  'objects',
  'why',
  'look',
  'recording',
  'hash',
  'keptClusters',
  'keptRecording',
];

export class Tabs {
  readonly #seat: Seat;
  readonly #me: string;
  #channel: BroadcastChannel | null = null;
  #release: (() => void) | null = null;
  #key = '';
  #following = false;
  /** Whether the leader has told everything once. */
  #knowsAll = false;
  #name: string | undefined;
  /** Cancels the wait for the lock. */
  #wait = new AbortController();
  readonly #followers = new Set<string>();
  readonly #pending = new Map<number, { readonly name: CallName; readonly args: readonly unknown[] }>();

  constructor(seat: Seat, me: string) {
    this.#seat = seat;
    this.#me = me;
  }

  get follows(): boolean {
    return this.#following;
  }

  /** Takes a seat at a run. @returns whether this tab leads */
  async take(key: string): Promise<boolean> {
    if (this.#release !== null && key === this.#key) return true;
    this.leave();
    this.#key = key;
    if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) return true;
    this.#channel = new BroadcastChannel(`kubarium/${key}`);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => this.#hear(data));
    if (await this.#lock(key, { ifAvailable: true })) return true;
    this.#following = true;
    this.#say({ type: 'hello', from: this.#me });
    void this.#succeed(key);
    return false;
  }

  /** Gives the seat up. */
  leave(): void {
    this.#wait.abort();
    this.#wait = new AbortController();
    if (this.#following) this.#say({ type: 'bye', from: this.#me });
    this.#following = false;
    this.#knowsAll = false;
    this.#release?.();
    this.#release = null;
    this.#followers.clear();
    this.#channel?.close();
    this.#channel = null;
  }

  /** The run has got another key: the followers come along. */
  async move(key: string, name: string): Promise<void> {
    this.#say({ type: 'moved', key, name });
    await this.take(key);
  }

  /** The page was told something by this tab's own engine. */
  tell(told: Told): void {
    if (this.#followers.size > 0) this.#say({ type: 'told', told });
  }

  /** Hands a call on to the leader. */
  handOn(id: number, name: CallName, args: readonly unknown[]): void {
    this.#pending.set(id, { name, args });
    this.#say({ type: 'call', from: this.#me, id, name, args });
  }

  setPace(pace: Pace): void {
    this.#say({ type: 'pace', pace });
  }

  #say(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  #hear(message: TabMessage): void {
    if (this.#following) this.#hearAsFollower(message);
    else this.#hearAsLeader(message);
  }

  #hearAsLeader(message: TabMessage): void {
    switch (message.type) {
      case 'hello': {
        this.#followers.add(message.from);
        const told = this.#seat.everything();
        if (told !== null) this.#say({ type: 'told', to: message.from, told });
        return;
      }
      case 'bye':
        this.#followers.delete(message.from);
        return;
      case 'pace':
        return this.#seat.setPace(message.pace);
      case 'call':
        void this.#carryOut(message);
        return;
      case 'answer':
      case 'told':
      case 'moved': // of a leader that has just gone
    }
  }

  async #carryOut({ from, id, name, args }: Extract<TabMessage, { readonly type: 'call' }>): Promise<void> {
    this.#say({ type: 'answer', to: from, answer: await this.#seat.carryOut(id, name, args) });
  }

  #hearAsFollower(message: TabMessage): void {
    switch (message.type) {
      case 'told':
        if (message.to === undefined || message.to === this.#me) this.#show(message.told);
        return;
      case 'answer':
        if (message.to === this.#me) this.#settle(message.answer);
        return;
      case 'moved':
        this.#name = message.name;
        void this.take(message.key);
        return;
      case 'hello':
      case 'bye':
      case 'call':
      case 'pace': // of other followers
    }
  }

  #show(told: Told): void {
    this.#knowsAll ||= told.type === 'crash' || told.frame.full;
    if (this.#knowsAll) this.#seat.toPage(asFollower(told));
  }

  #settle(answer: ToPage): void {
    if (!('id' in answer) || !this.#pending.delete(answer.id)) return;
    this.#seat.toPage(answer);
  }

  /** Leads as soon as the leader is gone. */
  async #succeed(key: string): Promise<void> {
    if (!(await this.#lock(key, { signal: this.#wait.signal }))) return;
    this.#following = false;
    await this.#seat.lead(this.#name, this.#knowsAll);
    for (const [id, { name, args }] of this.#pending) {
      const again = HARMLESS.includes(name);
      void this.#seat.carryOut(id, again ? name : 'prepare', again ? args : []).then((answer) => {
        this.#seat.toPage(again ? answer : gone(id));
      });
    }
    this.#pending.clear();
  }

  /** Holds the lock until `leave`. @returns false: another tab has it, or nobody waits for it any more */
  #lock(key: string, options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise((release) => (this.#release = release));
      };
      navigator.locks.request(lockOf(key), options, hold).catch(() => resolve(false));
    });
  }
}

const lockOf = (key: string): string => `kubarium/${key}`;

/** Whether a tab has this run open. */
export async function isOpen(key: string): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lockOf(key));
}

const gone = (id: number): ToPage => {
  const { message, code } = new Refusal('leader-gone');
  return { type: 'failed', id, message, code };
};

function asFollower(told: Told): Told {
  if (told.type === 'crash') return told;
  const status: HostStatus = { ...told.status, follows: true };
  return { ...told, status };
}
