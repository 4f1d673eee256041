/** The messages between page and worker, one by one. `protocol.ts` is what they add up to. */
import type { Frame } from '#engine/cluster/door';
import type { Crash, EngineLink, HostStatus, Pace } from './protocol';
import type { RefusalCode } from './refusal';

/** Calls that are answered, by the name of the method. */
export type CallName =
  | 'start'
  | 'prepare'
  | 'step'
  | 'skip'
  | 'input'
  | 'time'
  | 'object'
  | 'objects'
  | 'why'
  | 'look'
  | 'laws'
  | 'recording'
  | 'hash'
  | 'keptClusters'
  | 'keepAs'
  | 'removeKept'
  | 'keptRecording'
  | 'resume';

export type ToWorker =
  | { readonly type: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'pace'; readonly pace: Pace }
  /** The page is about to be hidden or closed: keep the run. */
  | { readonly type: 'hidden' };

export type ToPage =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly code?: RefusalCode }
  | { readonly type: 'frame'; readonly frame: Frame; readonly status: HostStatus }
  | { readonly type: 'crash'; readonly crash: Crash };

export type CallResult<Name extends CallName> = Awaited<ReturnType<EngineLink[Name]>>;
