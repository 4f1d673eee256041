/** @source kubernetes pkg/registry/discovery/endpointslice/strategy.go, pkg/apis/discovery/validation/validation.go */
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../field-error';
import { lateApi } from '../late';
import { metadataFields, NAMESPACED_FIELDS, nextGeneration, withGeneration, type KindRules } from '../kind-rules';
import { dnsLabelErrors, dnsSubdomainErrors, isIPv6, parseIPv4 } from '../names';
import { mapShared, withChanges, withDefaults } from '../structural-sharing';
import type { EndpointSlice } from '../types';
import { immutable, invalidAll, validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import { deepEqual } from '../json';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

function validateAddress(address: string, type: string, field: string): FieldError[] {
  switch (type) {
    case 'IPv4':
      return parseIPv4(address) ? [] : [invalid(field, address, 'must be an IPv4 address')];
    case 'IPv6':
      return isIPv6(address) ? [] : [invalid(field, address, 'must be an IPv6 address')];
    default:
      return invalidAll(field, address, dnsSubdomainErrors(address));
  }
}

function validateContent(slice: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  const type = slice.addressType ?? '';
  if (type === ('' as string)) errors.push(required('addressType'));
  else if (!(ADDRESS_TYPES as readonly string[]).includes(type))
    errors.push(notSupported('addressType', type, ADDRESS_TYPES));
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > MAX_ENDPOINTS) errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  else {
    for (const [index, endpoint] of endpoints.entries()) {
      const field = `endpoints[${index}]`;
      const addresses = endpoint.addresses ?? [];
      if (addresses.length === 0) errors.push(required(`${field}.addresses`, 'must contain at least 1 address'));
      else if (addresses.length > MAX_ADDRESSES)
        errors.push(tooMany(`${field}.addresses`, addresses.length, MAX_ADDRESSES));
      for (const [at, address] of addresses.entries()) {
        errors.push(...validateAddress(address, type, `${field}.addresses[${at}]`));
      }
      if (endpoint.nodeName)
        errors.push(...invalidAll(`${field}.nodeName`, endpoint.nodeName, dnsSubdomainErrors(endpoint.nodeName)));
      if (endpoint.hints) errors.push(...lateApi.code.validateHints(endpoint.hints, `${field}.hints`));
    }
  }
  const ports = slice.ports ?? [];
  if (ports.length > MAX_PORTS) return [...errors, tooMany('ports', ports.length, MAX_PORTS)];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `ports[${index}]`;
    const name = port.name ?? '';
    if (name !== '') errors.push(...invalidAll(`${field}.name`, name, dnsLabelErrors(name)));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
    if (port.protocol === undefined) errors.push(required(`${field}.protocol`));
    else if (!(PROTOCOLS as readonly string[]).includes(port.protocol)) {
      errors.push(notSupported(`${field}.protocol`, port.protocol, PROTOCOLS));
    }
  }
  return errors;
}

const contentChanged = (next: EndpointSlice, old: EndpointSlice): boolean =>
  !deepEqual(next.endpoints, old.endpoints) ||
  !deepEqual(next.ports, old.ports) ||
  !deepEqual(next.metadata.labels, old.metadata.labels) ||
  !deepEqual(next.metadata.annotations, old.metadata.annotations);

export const endpointSliceRules: KindRules<EndpointSlice> = {
  applyDefaults: (slice) =>
    slice.ports === undefined
      ? slice
      : withChanges(slice, {
          ports: mapShared(slice.ports, (port) => withDefaults(port, { name: '', protocol: 'TCP' })),
        }),
  prepareForCreate: (slice) => withGeneration(slice, 1),
  prepareForUpdate: (next, old) => withGeneration(next, nextGeneration(next, old, contentChanged(next, old))),
  prepareForStatusUpdate: (_next, old) => old,
  validate: (slice) => [...validateObjectMeta(slice, true, dnsSubdomainErrors), ...validateContent(slice)],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...validateContent(next),
    ...immutable('addressType', next.addressType, old.addressType),
  ],
  selectableFields: NAMESPACED_FIELDS,
  fields: metadataFields,
};
