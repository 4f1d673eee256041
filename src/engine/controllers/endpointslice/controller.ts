/** The endpoint slice controller: what it watches and which Services a change touches. */
import { includesLabels } from '#engine/api/label-selector';
import { isPodReady, isPodTerminal, keyOf } from '#engine/api/meta';
import { deepEqual } from '#engine/api/json';
import { hasTopologyAnnotation } from '#engine/api/traffic-hints';
import type { EndpointSlice, Pod } from '#engine/api/types';
import { type Change, type View, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';
import type { HintMemory } from './hints';
import { reconcileEndpointSlices } from './reconcile';
import { CONTROLLER_NAME, MANAGED_BY, SERVICE_NAME } from './slices';

export const endpointSliceController = defineController({
  name: 'endpointslice',
  component: 'endpoint-slice-controller',
  serviceAccount: 'endpointslice-controller',
  watches: ['Service', 'Pod', 'EndpointSlice', 'Node'],
  initialMemory: null as HintMemory,
  workers: 5,
  keysFor,
  reconcile: (view, key, { memory }) => reconcileEndpointSlices(view, key, memory),
});

function keysFor(change: Change, view: View): readonly string[] {
  switch (change.kind) {
    case 'Service':
      return [keyOf(change.object)];
    case 'Pod':
      return podKeys(change as Change<'Pod'>, view);
    case 'EndpointSlice':
      return sliceKeys(change as Change<'EndpointSlice'>);
    default:
      return view.list('Service').some(hasTopologyAnnotation)
        ? lateReconcilers.code.overloadedServices(change as Change<'Node'>, view)
        : [];
  }
}

/** Services that select the pod, or did so. Most changes of a pod change nothing about its endpoints. */
export function podKeys({ object, old }: Change<'Pod'>, view: View): readonly string[] {
  if (old === undefined) return (object.status.podIP ?? '') === '' ? [] : servicesOf(object, view);
  const sameLabels = deepEqual(old.metadata.labels, object.metadata.labels);
  if (sameLabels && !endpointChanged(old, object)) return [];
  return sameLabels ? servicesOf(object, view) : [...new Set([...servicesOf(object, view), ...servicesOf(old, view)])];
}

function servicesOf({ metadata }: Pod, view: View): readonly string[] {
  if (metadata.labels === undefined) return [];
  return view
    .list('Service', metadata.namespace ?? '')
    .filter(({ spec: { selector } }) => selector !== undefined && includesLabels(metadata.labels, selector))
    .map(keyOf);
}

function endpointChanged(old: Pod, now: Pod): boolean {
  return (
    old.status.podIP !== now.status.podIP ||
    isPodReady(old) !== isPodReady(now) ||
    isPodTerminal(old) !== isPodTerminal(now) ||
    old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp ||
    old.spec.nodeName !== now.spec.nodeName ||
    old.spec.hostname !== now.spec.hostname ||
    old.spec.subdomain !== now.spec.subdomain
  );
}

/** A slice that somebody else changed or deleted is put right; the controller's own writes change nothing. */
function sliceKeys({ object }: Change<'EndpointSlice'>): readonly string[] {
  const service = serviceOf(object);
  return service === undefined ? [] : [`${object.metadata.namespace ?? ''}/${service}`];
}

function serviceOf({ metadata: { labels } }: EndpointSlice): string | undefined {
  return labels?.[MANAGED_BY] === CONTROLLER_NAME ? labels[SERVICE_NAME] : undefined;
}
