import type { SyncTicket } from './disk';
import type { SendAgain } from './fabric';
import type { Message, ProcessId } from './process';

/** What the kernel tells itself. */
export type OwnMessage =
  | SendAgain
  | { readonly type: 'kernel/boot'; readonly machine: string; readonly boots: number }
  | {
      readonly type: 'kernel/restart';
      readonly process: ProcessId;
      readonly incarnation: number;
      readonly boots: number;
    }
  | {
      readonly type: 'kernel/spawn';
      readonly process: ProcessId;
      readonly incarnation: number;
      readonly parent: number;
    }
  | { readonly type: 'kernel/restart-unit'; readonly process: ProcessId; readonly boots: number }
  | { readonly type: 'kernel/retire'; readonly machine: string; readonly boots: number }
  | { readonly type: 'kernel/order'; readonly order: Message; readonly from: ProcessId }
  | { readonly type: 'kernel/end'; readonly process: ProcessId; readonly incarnation: number; readonly code: number }
  | { readonly type: 'kernel/synced'; readonly machine: string; readonly boots: number; readonly ticket: SyncTicket };
