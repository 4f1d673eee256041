/** What the autoscaler and the cloud say to each other: groups of like machines, each with a size that somebody wants. */
import type { Message } from '#engine/kernel/process';

/** Machines that are alike. */
export interface NodeGroup {
  readonly name: string;
  /** How many the autoscaler may have, at least and at most. */
  readonly min: number;
  readonly max: number;
  readonly zone: string;
  /** Capacity of each: thousandths of a core, bytes, pods. */
  readonly milliCpu: number;
  readonly memory: number;
  readonly pods: number;
}

/** A group as it is. */
export interface NodeGroupState extends NodeGroup {
  /** How many are wanted. */
  readonly target: number;
  /** Names of those that are there, or start. */
  readonly machines: readonly string[];
}

export type CloudRequest =
  | (Message & { readonly type: 'cloud/describe'; readonly id: number })
  /** From now on the group has so many. */
  | (Message & { readonly type: 'cloud/set-size'; readonly group: string; readonly size: number })
  /** This machine goes, and the group has one less. */
  | (Message & { readonly type: 'cloud/delete-machine'; readonly group: string; readonly machine: string });

export interface CloudAnswer extends Message {
  readonly type: 'cloud/groups';
  readonly id: number;
  readonly groups: readonly NodeGroupState[];
}

/** On each machine of a group: its name. */
export const GROUP_LABEL = 'cloud.kubarium.dev/node-group';

/** A request to the cloud; only fixes the type. */
export const cloudRequest = (request: CloudRequest): CloudRequest => request;
