/**
 * The EndpointSlice objects of a Service: labels, owner, names.
 *
 * @source kubernetes endpointslice/utils.go (newEndpointSlice, setEndpointSliceLabels)
 */
import { ownerReference } from '#engine/api/meta';
import { deepEqual } from '#engine/api/json';
import { dnsSubdomainErrors } from '#engine/api/names';
import type { Endpoint, EndpointSlice, KubeObjectInput, Service } from '#engine/api/types';
import type { AddressType, EndpointPorts } from './endpoints';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const CONTROLLER_NAME = 'endpointslice-controller.k8s.io';
export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
export const HEADLESS = 'service.kubernetes.io/headless';
const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);

export interface SliceInput extends KubeObjectInput {
  readonly addressType: AddressType;
  readonly endpoints: readonly Endpoint[];
  readonly ports: EndpointPorts;
}

/** What a slice's name begins with: with a dash where there is room for one. */
export const slicePrefix = (name: string): string => (dnsSubdomainErrors(`${name}-a`).length === 0 ? `${name}-` : name);

export function newSlice(
  service: Service,
  addressType: AddressType,
  ports: EndpointPorts,
  endpoints: readonly Endpoint[],
  triggerTime: string | null,
): SliceInput {
  const { namespace = '', name } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: slicePrefix(name),
      namespace,
      labels: sliceLabels(service),
      ...(triggerTime === null ? {} : { annotations: { [LAST_CHANGE_TRIGGER_TIME]: triggerTime } }),
      ownerReferences: [ownerReference(service)],
    },
    addressType,
    endpoints,
    ports,
  };
}

/** Whether a Service has no address of its own. */
export const isHeadless = ({ clusterIP }: Service['spec']): boolean => (clusterIP ?? '') === '' || clusterIP === 'None';

/** The Service's own labels, and what marks the slice as its. */
export function sliceLabels({ metadata, spec }: Service): Record<string, string> {
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key));
  return {
    ...Object.fromEntries(own),
    ...(isHeadless(spec) ? { [HEADLESS]: '' } : {}),
    [SERVICE_NAME]: metadata.name,
    [MANAGED_BY]: CONTROLLER_NAME,
  };
}

export function hasStaleLabels(service: Service, slice: EndpointSlice): boolean {
  return !deepEqual(slice.metadata.labels ?? {}, sliceLabels(service));
}

/** A stored slice with other contents. Without a trigger time the annotation goes, since it told of an older change. */
export function changedSlice(
  service: Service,
  slice: EndpointSlice,
  ports: EndpointPorts,
  endpoints: readonly Endpoint[],
  triggerTime: string | null,
): EndpointSlice {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, ...others } = slice.metadata.annotations ?? {};
  const annotations = triggerTime === null ? others : { ...others, [LAST_CHANGE_TRIGGER_TIME]: triggerTime };
  return {
    ...slice,
    metadata: { ...slice.metadata, labels: sliceLabels(service), annotations },
    endpoints: [...endpoints],
    ports,
  };
}
