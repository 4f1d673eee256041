/**
 * The controllers of the controller manager, in the order in which they start. A new one is a folder and a line here.
 */
import type { Controller } from '../client/plan';
import { deploymentController } from './deployment/controller';
import { endpointSliceController } from './endpointslice/controller';
import { garbageCollector } from './garbagecollector/controller';
import { namespaceController } from './namespace/controller';
import { nodeIpamController } from './nodeipam/controller';
import { nodeLifecycleController } from './nodelifecycle/controller';
import { podGcController } from './podgc/controller';
import { replicaSetController } from './replicaset/controller';
import { rootCaCertPublisher } from './rootcacertpublisher/controller';
import { serviceAccountController } from './serviceaccount/controller';
import { taintEvictionController } from './tainteviction/controller';

/** A controller whose memory is nobody's business but its own.. */
export type AnyController = Controller<unknown>;

/** Forgets the type of a controller's memory. Sound, because the runtime gives each controller its own memory and no other. */
function hidden<Memory>(controller: Controller<Memory>): AnyController {
  return controller as unknown as AnyController;
}

export const controllers: readonly AnyController[] = [
  hidden(serviceAccountController),
  hidden(rootCaCertPublisher),
  hidden(nodeIpamController),
  hidden(nodeLifecycleController),
  hidden(taintEvictionController),
  hidden(deploymentController),
  hidden(replicaSetController),
  hidden(endpointSliceController),
  hidden(podGcController),
  hidden(namespaceController),
  hidden(garbageCollector),
];
