/** Rules of container resources. @source kubernetes pkg/apis/core/validation/validation.go (ValidateContainerResourceRequirements) */
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { sortedKeys } from '../json';
import { labelKeyErrors } from '../names';
import { canonicalQuantity, compareQuantities, isIntegerQuantity, sumOfQuantities, type Quantity } from '../quantity';
import { isSidecar } from '../pod-resources';
import type { Container, PodSpec } from '../types';
import { invalidAll } from './object-meta';

type Resources = NonNullable<Container['resources']>;

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  ...['limits.', 'requests.'].flatMap((side) => [...CONTAINER_RESOURCES].map((name) => `${side}${name}`)),
  'storage',
  'requests.storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');

/** In a domain of its own: neither unprefixed nor of `kubernetes.io`. */
export const isExtendedResource = (name: string): boolean =>
  name.includes('/') &&
  !name.includes('kubernetes.io/') &&
  !name.startsWith('requests.') &&
  labelKeyErrors(`requests.${name}`).length === 0;

/** Unprefixed, or in the domain `kubernetes.io`. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);

/** Known without a domain. */
export const isStandardResource = (name: string): boolean =>
  STANDARD_RESOURCES.has(name) || isHugePages(name.replace(/^requests\./, ''));

/** What containers may ask for. */
export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = invalidAll(field, name, labelKeyErrors(name));
  if (errors.length > 0) return errors;
  if (!name.includes('/')) {
    if (!isStandardResource(name))
      errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'));
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name)) {
      errors.push(invalid(field, name, 'must be a standard resource for containers'));
    }
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** A quantity that may not be negative, and of an extended resource or object count must be whole. */
export function validateResourceQuantity(name: string, quantity: Quantity, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const text = canonicalQuantity(quantity);
  if (compareQuantities(quantity, 0) < 0) errors.push(invalid(field, text, 'must be greater than or equal to 0'));
  if ((isExtendedResource(name) || isHugePages(name)) && !isIntegerQuantity(quantity)) {
    errors.push(invalid(field, text, 'must be an integer'));
  }
  return errors;
}

export function validateResourceRequirements(
  resources: Resources | undefined,
  path: string,
  nameErrors = validateContainerResourceName,
): FieldError[] {
  if (resources === undefined) return [];
  const { limits, requests } = resources;
  if (limits === undefined && requests === undefined) return [];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const name of sortedKeys(limits ?? {})) {
    names.add(name);
    const field = `${path}.limits[${name}]`;
    errors.push(...nameErrors(name, field), ...validateResourceQuantity(name, limits?.[name] ?? 0, field));
  }
  for (const name of sortedKeys(requests ?? {})) {
    names.add(name);
    const field = `${path}.requests[${name}]`;
    const request = requests?.[name] ?? 0;
    errors.push(...nameErrors(name, field), ...validateResourceQuantity(name, request, field));
    const limit = limits?.[name];
    if (limit === undefined) {
      if (!isOvercommitAllowed(name)) {
        errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
      }
    } else if (!isOvercommitAllowed(name) && compareQuantities(request, limit) !== 0) {
      const detail = `must be equal to ${name} limit of ${canonicalQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, canonicalQuantity(request), detail));
    } else if (compareQuantities(request, limit) > 0) {
      const detail = `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, canonicalQuantity(request), detail));
    }
  }
  if ([...names].some(isHugePages) && !names.has('cpu') && !names.has('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  }
  return errors;
}

const POD_RESOURCES = ['cpu', 'hugepages-', 'memory'];

function validatePodResourceName(name: string, field: string): FieldError[] {
  const errors = invalidAll(field, name, labelKeyErrors(name));
  return errors.length > 0 || POD_RESOURCES.includes(name) || isHugePages(name)
    ? errors
    : [notSupported(field, name, POD_RESOURCES)];
}

/** What the containers of a pod request together: those that run at once, or what one init container needs in its turn. */
function containerRequests({ containers, initContainers }: PodSpec, name: string): Quantity {
  const of = (container: Container): Quantity => container.resources?.requests?.[name] ?? '0';
  const sum = (list: readonly Container[]): Quantity =>
    list.map(of).reduce((total, quantity) => sumOfQuantities(total, quantity), '0');
  const all = initContainers ?? [];
  const turns = all.map((container, index) =>
    isSidecar(container) ? '0' : sum([container, ...all.slice(0, index).filter(isSidecar)]),
  );
  const together = sum([...(containers ?? []), ...all.filter(isSidecar)]);
  return turns.reduce((most: Quantity, turn) => (compareQuantities(turn, most) > 0 ? turn : most), together);
}

/** Resources of a whole pod against those of its containers. @source ValidatePodSpec (validatePodResources) */
export function validatePodResources(spec: PodSpec, path: string): FieldError[] {
  const { resources } = spec;
  if (resources === undefined) return [];
  const errors: FieldError[] = [];
  if (resources.claims !== undefined)
    errors.push(forbidden(`${path}.claims`, 'claims cannot be set for Resources at pod-level'));
  errors.push(...validateResourceRequirements(resources, path, validatePodResourceName));
  for (const name of sortedKeys(resources.requests ?? {})) {
    const asked = resources.requests?.[name] ?? '0';
    const needed = containerRequests(spec, name);
    if (compareQuantities(needed, asked) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${canonicalQuantity(needed)}`;
    errors.push(invalid(`${path}.requests[${name}]`, canonicalQuantity(asked), detail));
  }
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const name of sortedKeys(container.resources?.limits ?? {})) {
      const limit = container.resources?.limits?.[name];
      const most = resources.limits?.[name];
      if (limit === undefined || most === undefined || compareQuantities(limit, most) <= 0) continue;
      const detail = `must be less than or equal to pod limits of ${canonicalQuantity(most)}`;
      errors.push(invalid(`${path}.containers[${index}][${name}].limits`, canonicalQuantity(limit), detail));
    }
  }
  return errors;
}
