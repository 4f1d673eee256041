/**
 * The controllers of the controller manager, in the order in which they start. A new one is a folder and a line here.
 */
import type { AnyController } from '#engine/client/controller-runtime';
import { attachDetachController } from './attachdetach/controller';
import { bootstrapSigner } from './bootstrapsigner/controller';
import { csrCleaner } from './certificates/cleaner';
import { csrApprovingController, csrSigningController } from './certificates/controllers';
import { clusterRoleAggregationController } from './clusterroleaggregation/controller';
import { cronJobController } from './cronjob/controller';
import { daemonSetController } from './daemonset/controller';
import { deploymentController } from './deployment/controller';
import { disruptionController, stalePodDisruption } from './disruption/controller';
import { endpointsController } from './endpoints/controller';
import { endpointSliceController } from './endpointslice/controller';
import { endpointSliceMirroring } from './endpointslicemirroring/controller';
import { ephemeralVolumeController } from './ephemeralvolume/controller';
import { garbageCollector } from './garbagecollector/controller';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler/controller';
import { jobController } from './job/controller';
import { localPathProvisioner, storageClassInstaller } from './localpathprovisioner/controller';
import { namespaceController } from './namespace/controller';
import { networkDiskDriver } from './networkdisk/controller';
import { nodeIpamController } from './nodeipam/controller';
import { nodeLifecycleController } from './nodelifecycle/controller';
import { persistentVolumeBinder } from './persistentvolume/controller';
import { podGcController } from './podgc/controller';
import { replicaSetController } from './replicaset/controller';
import { replicationController } from './replicationcontroller/controller';
import { resourceQuotaController } from './resourcequota/controller';
import { rootCaCertPublisher } from './rootcacertpublisher/controller';
import { claimProtection, volumeProtection } from './storageprotection/controller';
import { controllerAccountsMaker } from './serviceaccount/accounts';
import { serviceAccountController } from './serviceaccount/controller';
import { tokensController } from './serviceaccounttoken/controller';
import { statefulSetController } from './statefulset/controller';
import { taintEvictionController } from './tainteviction/controller';
import { tokenCleaner } from './tokencleaner/controller';
import { ttlController } from './ttl/controller';
import { ttlAfterFinishedController } from './ttlafterfinished/controller';
import { policyStatusController } from './validatingadmissionpolicystatus/controller';
import { expandController } from './volumeexpand/controller';

export const controllers: readonly AnyController[] = [
  controllerAccountsMaker,
  serviceAccountController,
  rootCaCertPublisher,
  clusterRoleAggregationController,
  csrSigningController,
  csrApprovingController,
  csrCleaner,
  nodeIpamController,
  nodeLifecycleController,
  ttlController,
  taintEvictionController,
  deploymentController,
  daemonSetController,
  replicaSetController,
  replicationController,
  statefulSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointSliceController,
  podGcController,
  resourceQuotaController,
  claimProtection,
  volumeProtection,
  namespaceController,
  garbageCollector,
  policyStatusController,
  disruptionController,
  horizontalPodAutoscalerController,
  stalePodDisruption,
  endpointsController,
  endpointSliceMirroring,
  persistentVolumeBinder,
  localPathProvisioner,
  storageClassInstaller,
  ephemeralVolumeController,
  expandController,
  tokensController,
  attachDetachController,
  networkDiskDriver,
  bootstrapSigner,
  tokenCleaner,
];
