/**
 * Copies Endpoints that somebody wrote by hand, for a Service without a selector, to EndpointSlices. What it does comes late.
 *
 * @source kubernetes pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go
 */
import { keyOf } from '#engine/api/meta';
import type { Endpoints, EndpointSlice, Service } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { MANAGED_BY, SERVICE_NAME } from '../endpointslice/slices';
import { lateReconcilers } from '../late';

export const MIRRORING = 'endpointslicemirroring-controller.k8s.io';

export const endpointSliceMirroring = defineController({
  name: 'endpointslice-mirroring',
  component: 'endpoint-slice-mirroring-controller',
  serviceAccount: 'endpointslicemirroring-controller',
  watches: ['Service', 'Endpoints', 'EndpointSlice'],
  initialMemory: null,
  workers: 5,
  keysFor,
  reconcile: (view, key) => lateReconcilers.code.reconcileMirror(view, key),
});

/** Whether Endpoints may be copied at all. */
export const isMirrored = ({ metadata: { labels, annotations } }: Endpoints): boolean =>
  labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true' &&
  annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined;

const selects = (service: Service | undefined): boolean => service?.spec.selector !== undefined;

function keysFor({ kind, type, object, old }: Change, view: View): readonly string[] {
  const { namespace = '', name } = object.metadata;
  if (kind === 'EndpointSlice') {
    const slices = [object, ...(old === undefined ? [] : [old])] as readonly EndpointSlice[];
    return slices.flatMap(({ metadata: { labels } }) =>
      labels?.[MANAGED_BY] === MIRRORING ? [`${namespace}/${labels[SERVICE_NAME] ?? ''}`] : [],
    );
  }
  if (kind === 'Endpoints') {
    const concerns = isMirrored(object as Endpoints) || (old !== undefined && isMirrored(old as Endpoints));
    // Where the Service selects pods and did so before, nothing was copied.
    return concerns && !selects(view.get('Service', namespace, name)) ? [keyOf(object)] : [];
  }
  const changes =
    type === 'updated' ? selects(object as Service) !== selects(old as Service) : !selects(object as Service);
  const endpoints = view.get('Endpoints', namespace, name);
  return changes && endpoints !== undefined && isMirrored(endpoints) ? [keyOf(object)] : [];
}
