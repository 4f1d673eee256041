/** The faults that are in force: plain data beside the kernel's. What each does is in `fault-rules.ts`, which comes late. */
import { LateCode } from '#engine/late/late-code';
import type { Kernel } from '#engine/kernel/kernel';
import type { Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { SchedulerConfiguration } from '#engine/scheduler/configuration';
import type { Fault, FaultRecord } from './records';

export interface FaultsState {
  /** Faults in force, by id, in order of their beginning. */
  readonly active: Map<string, FaultRecord>;
}

export interface FaultRules {
  beginFault(state: FaultsState, kernel: Kernel, id: string, fault: Fault, at: Micros): void;
  healFault(state: FaultsState, kernel: Kernel, id: string): void;
  powerOn(state: FaultsState, kernel: Kernel, machine: string): void;
  /** The machine whose notice is over with the fault of this id; null: it was taken back. */
  reclaimed(state: FaultsState, kernel: Kernel, id: string): string | null;
  /** What somebody does at the control plane by hand. */
  configureScheduler(kernel: Kernel, configuration: SchedulerConfiguration): void;
}

/** What a fault asks of whoever sets machines up and takes them away: the notice of its machine is over. */
export type FaultOrder = Message & { readonly type: 'fault/reclaim'; readonly id: string };

/** `late-code.ts` fills it. */
export const faultRules = new LateCode<FaultRules>('faults');

export const noFaults = (): FaultsState => ({ active: new Map() });

/** Faults on a machine that is taken away are over. */
export function forgetMachine(state: FaultsState, machine: string): void {
  for (const { id, fault } of [...state.active.values()]) {
    if ('machine' in fault && fault.machine === machine) state.active.delete(id);
  }
}
