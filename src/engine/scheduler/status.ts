/**
 * What a plug-in answers. Success is `null`, so that the inner loop over nodes allocates nothing; everything else is a
 * constant of its plug-in wherever that is possible.
 *
 * @source kubernetes staging/src/k8s.io/kube-scheduler/framework/interface.go (Code, Status)
 */

export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

/** Why a plug-in did not say yes. Immutable. */
export interface Status {
  readonly code: Code;
  /** Counted one by one in the message of a failed attempt. */
  readonly reasons: readonly string[];
  /** The plug-in that answered; empty when it was the scheduler itself. */
  readonly plugin: string;
}

const made = (code: Code, plugin: string, reasons: readonly string[]): Status =>
  Object.freeze({ code, reasons: Object.freeze(reasons), plugin });

/** Not now, but removing pods from the node might help. */
export const unschedulable = (plugin: string, ...reasons: readonly string[]): Status =>
  made('Unschedulable', plugin, reasons);

/** Not here, and no preemption would help. */
export const unresolvable = (plugin: string, ...reasons: readonly string[]): Status =>
  made('UnschedulableAndUnresolvable', plugin, reasons);

/** @source interface.go (Status.Message) */
export const messageOf = (status: Status): string => status.reasons.join(', ');
