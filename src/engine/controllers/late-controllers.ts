/** Fills `late.ts`; importing it is enough. */
import { attachmentKeys, reconcileAttachments } from './attachdetach/reconcile';
import { approveRequest } from './certificates/approver';
import { signRequest } from './certificates/signer';
import { reconcileBudget, reconcileDisruptedPod } from './disruption/reconcile';
import { ephemeralKeys, reconcileEphemeralVolumes } from './ephemeralvolume/reconcile';
import { customKinds, followDefinitions, isServedAnew } from './custom-resources';
import { repackSubsets, truncateSubsets } from './endpoints/subsets';
import { isSameBesidesHints, withHints } from './endpointslice/hints';
import { overloadedServices } from './endpointslice/topology';
import { reconcileMirror } from './endpointslicemirroring/reconcile';
import { reconcileGarbage } from './garbagecollector/reconcile';
import { lateReconcilers } from './late';
import { installStorageClass, localPathKeys, reconcileLocalPath } from './localpathprovisioner/reconcile';
import { networkDiskKeys, reconcileNetworkDisks } from './networkdisk/reconcile';
import { reconcileAutoscaler } from './horizontalpodautoscaler/reconcile';
import { reconcileNamespace } from './namespace/reconcile';
import { reconcileCronJob } from './cronjob/reconcile';
import { reconcileDaemonSet } from './daemonset/reconcile';
import { resizeAll } from './deployment/proportional-scaling';
import { reconcileJob, reconcileOrphanedPod } from './job/reconcile';
import { bindingKeys, reconcileBinding } from './persistentvolume/keys';
import { podsToDelete } from './replicaset/deletion-order';
import { reconcileReplicationController } from './replicationcontroller/reconcile';
import { reconcileQuota } from './resourcequota/reconcile';
import { quotasTouched } from './resourcequota/touched';
import { reconcileClaim, reconcileVolume } from './storageprotection/reconcile';
import { reconcileToken, tokenKeys } from './serviceaccounttoken/reconcile';
import { reconcileStatefulSet } from './statefulset/reconcile';
import { reconcileTaintEviction } from './tainteviction/reconcile';
import { reconcileFinishedJob } from './ttlafterfinished/reconcile';
import { expansionKeys, reconcileExpansion } from './volumeexpand/reconcile';

lateReconcilers.provide({
  reconcileAutoscaler,
  approveRequest,
  signRequest,
  reconcileNamespace,
  reconcileGarbage,
  repackSubsets,
  truncateSubsets,
  reconcileMirror,
  reconcileBudget,
  reconcileDisruptedPod,
  reconcileQuota,
  quotasTouched,
  reconcileClaim,
  reconcileVolume,
  tokenKeys,
  reconcileToken,
  attachmentKeys,
  reconcileAttachments,
  networkDiskKeys,
  reconcileNetworkDisks,
  localPathKeys,
  reconcileLocalPath,
  ephemeralKeys,
  expansionKeys,
  installStorageClass,
  reconcileEphemeralVolumes,
  reconcileExpansion,
  bindingKeys,
  reconcileBinding,
  customKinds,
  isServedAnew,
  followDefinitions,
  isSameBesidesHints,
  withHints,
  overloadedServices,
  podsToDelete,
  reconcileCronJob,
  reconcileDaemonSet,
  reconcileReplicationController,
  reconcileStatefulSet,
  reconcileJob,
  reconcileOrphanedPod,
  reconcileFinishedJob,
  reconcileTaintEviction,
  resizeAll,
});
