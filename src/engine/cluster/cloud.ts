/**
 * The cloud in whose halls the machines of node groups stand: a process out on the internet that whoever may can ask for more machines
 * or fewer. What it does comes late (`cloud-process.ts`): only a cluster with node groups has one.
 */
import type { NodeGroup } from '#engine/addons/cluster-autoscaler/cloud';
import { LateCode } from '#engine/late/late-code';
import { type Context, defineProcess, type Message } from '#engine/kernel/process';

export interface CloudArgs {
  readonly groups: readonly NodeGroup[];
}

export interface GroupWork {
  readonly group: NodeGroup;
  /** How many are wanted. */
  target: number;
  machines: readonly string[];
  /** How many are being made. */
  coming: number;
}

export interface CloudState {
  readonly groups: Map<string, GroupWork>;
}

/** What the cloud has done to the world. */
export type CloudOrder =
  | (Message & { readonly type: 'cloud/add-machine'; readonly group: NodeGroup })
  | (Message & { readonly type: 'cloud/remove-machine'; readonly machine: string });

/** What the world tells the cloud. */
export type CloudNews =
  | (Message & { readonly type: 'cloud/machine-added'; readonly group: string; readonly machine: string })
  | (Message & { readonly type: 'cloud/machine-gone'; readonly machine: string });

export interface CloudCode {
  start(ctx: Context, args: CloudArgs): CloudState;
  handle(state: CloudState, message: Message, ctx: Context): void;
}

export const lateCloud = new LateCode<CloudCode>('the cloud');

export const cloud = defineProcess<CloudState, CloudArgs>({
  kind: 'cloud',
  start: (ctx, args) => lateCloud.code.start(ctx, args),
  handle: (state, message, ctx) => lateCloud.code.handle(state, message, ctx),
});
