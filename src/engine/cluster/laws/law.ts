/** A law of the cluster: something that holds at every step, or is broken for all to see. */
import type { Kernel } from '#engine/kernel/kernel';
import type { Micros } from '#engine/kernel/time';
import type { Sight, Write } from '../observe/sight';
import type { Subject } from '../records';
import type { LawName } from './report';

/** What a law sees. */
export interface Scene {
  readonly kernel: Kernel;
  readonly sight: Sight;
  /** Since when no fault has been in force; null: one is. */
  readonly quietSince: Micros | null;
}

/** Told of a breach. Only the first of a law is kept. */
export type Accuse = (text: string, subject?: Subject) => void;

/** One that holds a law. Keeps what it must remember of the past; looks only at what has changed. */
export interface Warden {
  readonly law: LawName;
  /** A write, in order; the sight is as it was after the write. */
  take?(write: Write, scene: Scene, accuse: Accuse): void;
  /** What processes and machines are, after some events. */
  look?(scene: Scene, accuse: Accuse): void;
}
