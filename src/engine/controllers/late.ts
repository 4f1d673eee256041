/** What the controllers do when somebody has acted, and with kinds of which a starting cluster has no object; `late-controllers.ts` fills it. */
import { LateCode } from '#engine/late/late-code';
import type { CustomResourceDefinition, Endpoints } from '#engine/api/types';
import type { Client, Delivery } from '#engine/client/client';
import type { Change, CustomCollection, Plan, Situation, View } from '#engine/client/plan';
import type { ReflectorOptions } from '#engine/client/state';
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { AttachMemory } from './attachdetach/reconcile';
import type { DiskMemory } from './networkdisk/driver';
import type { Autoscalers } from './horizontalpodautoscaler/memory';
import type { NamespaceMemory } from './namespace/content';
import type { reconcileCronJob } from './cronjob/reconcile';
import type { reconcileDaemonSet } from './daemonset/reconcile';
import type { isSameBesidesHints, withHints } from './endpointslice/hints';
import type { resizeAll } from './deployment/proportional-scaling';
import type { overloadedServices } from './endpointslice/topology';
import type { reconcileJob, reconcileOrphanedPod } from './job/reconcile';
import type { podsToDelete } from './replicaset/deletion-order';
import type { reconcileStatefulSet } from './statefulset/reconcile';
import type { reconcileTaintEviction } from './tainteviction/reconcile';
import type { reconcileFinishedJob } from './ttlafterfinished/reconcile';

/** What a CustomResourceDefinition serves, in the version that its group prefers. */
export interface CustomKind {
  readonly collection: CustomCollection;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Each in which it is served. */
  readonly apiVersions: readonly string[];
}

type Subsets = NonNullable<Endpoints['subsets']>;
type Now = Pick<Situation, 'now'>;
type Answered = Pick<Situation, 'now' | 'answers'>;

export interface LateReconcilers {
  approveRequest(view: View, name: string, situation: Now): Plan;
  signRequest(view: View, name: string, situation: Now): Plan;
  reconcileNamespace(view: View, name: string, situation: Situation<NamespaceMemory>): Plan<NamespaceMemory>;
  repackSubsets(subsets: Subsets): Subsets;
  truncateSubsets(subsets: Subsets, most: number): Subsets;
  reconcileMirror(view: View, key: string): Plan;
  reconcileAutoscaler(view: View, key: string, situation: Situation<Autoscalers>): Plan<Autoscalers>;
  reconcileBudget(view: View, key: string, situation: Answered): Plan;
  reconcileDisruptedPod(view: View, key: string, situation: Now): Plan;
  reconcileQuota(view: View, key: string, situation: Now): Plan;
  quotasTouched(change: Change, view: View): readonly string[];
  reconcileClaim(view: View, key: string): Plan;
  readonly isSameBesidesHints: typeof isSameBesidesHints;
  readonly withHints: typeof withHints;
  readonly overloadedServices: typeof overloadedServices;
  readonly podsToDelete: typeof podsToDelete;
  readonly reconcileCronJob: typeof reconcileCronJob;
  readonly reconcileDaemonSet: typeof reconcileDaemonSet;
  reconcileReplicationController(view: View, key: string, situation: Situation): Plan;
  readonly reconcileStatefulSet: typeof reconcileStatefulSet;
  readonly reconcileJob: typeof reconcileJob;
  readonly reconcileOrphanedPod: typeof reconcileOrphanedPod;
  readonly reconcileFinishedJob: typeof reconcileFinishedJob;
  readonly reconcileTaintEviction: typeof reconcileTaintEviction;
  readonly resizeAll: typeof resizeAll;
  reconcileVolume(view: View, name: string): Plan;
  bindingKeys(change: Change, view: View): readonly string[];
  reconcileBinding(view: View, key: string, situation: Pick<Situation, 'answers'>): Plan;
  tokenKeys(change: Change, view: View): readonly string[];
  reconcileToken(view: View, key: string, settings: Situation['settings']): Plan;
  attachmentKeys(change: Change, view: View): readonly string[];
  reconcileAttachments(
    view: View,
    name: string,
    situation: Pick<Situation<AttachMemory>, 'now' | 'memory'>,
  ): Plan<AttachMemory>;
  networkDiskKeys(change: Change, view: View): readonly string[];
  reconcileNetworkDisks(
    view: View,
    key: string,
    situation: Pick<Situation<DiskMemory>, 'now' | 'memory'>,
  ): Plan<DiskMemory>;
  localPathKeys(change: Change): readonly string[];
  reconcileLocalPath(view: View, key: string): Plan;
  ephemeralKeys(change: Change, view: View): readonly string[];
  expansionKeys(change: Change): readonly string[];
  reconcileEphemeralVolumes(view: View, key: string): Plan;
  reconcileExpansion(view: View, key: string): Plan;
  installStorageClass(view: View, name: string, now: Micros): Plan<never>;
  customKinds(definitions: readonly CustomResourceDefinition[]): readonly CustomKind[];
  reconcileGarbage(view: View, key: string, situation: Now): Plan;
  isServedAnew(next: CustomResourceDefinition, old: CustomResourceDefinition | undefined): boolean;
  followDefinitions(client: Client, ctx: Context, options: ReflectorOptions): readonly Delivery[];
}

export const lateReconcilers = new LateCode<LateReconcilers>('the rest of the controllers');
