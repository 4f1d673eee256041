import type { Pod } from '#engine/api/types';
import type { EventResource } from '../../events';
import type { NodeInfo } from '../../node-info';
import type { BindRequest, Cycle } from '../../plugin';
import type { PodInfo } from '../../pod-info';
import type { EventObjects } from '../../registered-event';
import type { Status } from '../../status';

/** What a plug-in has worked out about the volumes of a pod. */
export interface VolumeFilter {
  /** null: the volumes can be had on the node. */
  check(node: NodeInfo): Status | null;
  /** As if a pod were added somewhere, or taken away. Absent: other pods do not matter. */
  with?(pod: Pod, by: 1 | -1): VolumeFilter;
}

/** What is known of the volumes of a pod before nodes are looked at: a refusal, a filter, or null: nothing to say. */
export type VolumeCheck = (cycle: Cycle) => Status | VolumeFilter | null;

export interface VolumeChecks {
  readonly VolumeRestrictions: VolumeCheck;
  readonly NodeVolumeLimits: VolumeCheck;
  readonly VolumeBinding: {
    readonly check: VolumeCheck;
    /** Keeps the volumes for the pod. */
    reserve(cycle: Cycle, nodeName: string): void;
    /** Writes that bind or provision the volumes, before the pod is bound. */
    preBind(cycle: Cycle, nodeName: string): readonly BindRequest[];
    /** Whether all claims are bound; a text: they cannot be. */
    isPrepared(cycle: Cycle, nodeName: string): boolean | string;
  };
  readonly VolumeZone: VolumeCheck;
}

/** Whether a change of such an object may help a pod that the plug-in has turned down. */
export type VolumeHint = (
  plugin: keyof VolumeChecks,
  resource: EventResource,
  pod: PodInfo,
  objects: EventObjects,
) => boolean;
