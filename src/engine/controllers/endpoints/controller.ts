/** The endpoints controller: what it watches and which Services a change touches. @source kubernetes pkg/controller/endpoint/endpoints_controller.go */
import { keyOf } from '#engine/api/meta';
import type { Service } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { podKeys } from '../endpointslice/controller';
import { reconcileEndpoints } from './reconcile';

export const endpointsController = defineController({
  name: 'endpoints',
  component: 'endpoint-controller',
  watches: ['Service', 'Pod', 'Endpoints'],
  initialMemory: null,
  workers: 5,
  keysFor,
  /** Of Services that were deleted while nobody watched. */
  initialKeys: (view) =>
    view
      .list('Endpoints')
      .filter(({ metadata }) => metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined)
      .map(keyOf),
  reconcile: (view, key) => reconcileEndpoints(view, key),
});

function keysFor(change: Change, view: View): readonly string[] {
  const { kind, type, object } = change;
  if (kind === 'Pod') return podKeys(change as Change<'Pod'>, view);
  if (kind === 'Endpoints') return type === 'deleted' ? [keyOf(object)] : [];
  return type === 'deleted' || (object as Service).spec.selector !== undefined ? [keyOf(object)] : [];
}
