/**
 * Keeps the EndpointSlices of a Service equal to the pods that its selector matches.
 *
 * @source kubernetes endpointslice/reconciler.go, pkg/controller/endpointslice/endpointslice_controller.go, trigger_time_tracker.go
 */
import { includesLabels } from '#engine/api/label-selector';
import { conditionOf } from '#engine/api/meta';
import { asksForHints } from '#engine/api/traffic-hints';
import type { Endpoint, EndpointSlice, Pod, Service } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { NOTHING, type Plan, type Step, type View } from '#engine/client/plan';
import { splitKey } from '../keys';
import { lateReconcilers } from '../late';
import { create, referenceTo, remove, update, warning } from '../steps';
import {
  type AddressType,
  type EndpointPorts,
  belongsInEndpoints,
  endpointKey,
  endpointOf,
  portMapKey,
  portsOf,
} from './endpoints';
import type { HintMemory, SliceWrites } from './hints';
import { MAX_ENDPOINTS_PER_SLICE, pack } from './packing';
import { CONTROLLER_NAME, MANAGED_BY, type SliceInput, changedSlice, hasStaleLabels, newSlice } from './slices';

/** Upstream's first back-off after an error, which a pod of an unknown node is. */
const MISSING_NODE_RETRY: Micros = SECOND;

/** Endpoints that serve at the same ports. */
interface Group {
  readonly ports: EndpointPorts;
  readonly endpoints: Endpoint[];
}

export function reconcileEndpointSlices(
  view: View,
  key: string,
  memory: HintMemory = null,
  maxPerSlice = MAX_ENDPOINTS_PER_SLICE,
): Plan<HintMemory> {
  const { namespace, name } = splitKey(key);
  const service = view.get('Service', namespace, name);
  // The slices of a Service that is gone are the garbage collector's.
  if (service === undefined || service.spec.type === 'ExternalName') return NOTHING;
  const { selector } = service.spec;
  if (selector === undefined || Object.keys(selector).length === 0) return NOTHING;

  const pods = view
    .list('Pod', namespace)
    .filter((pod) => belongsInEndpoints(pod) && includesLabels(pod.metadata.labels, selector));
  const slices = view
    .ownedBy('EndpointSlice', service.metadata.uid)
    .filter(
      ({ metadata }) => metadata.labels?.[MANAGED_BY] === CONTROLLER_NAME && metadata.deletionTimestamp === undefined,
    );
  const hinted = asksForHints(service) || memory?.[key] !== undefined;
  let kept = memory;
  const plans = familiesOf(service).map((family) => {
    const plan = reconcileFamily(view, service, pods, slices, family, maxPerSlice, hinted ? { memory: kept } : null);
    kept = plan.memory ?? kept;
    return plan;
  });
  const families: readonly string[] = familiesOf(service);
  const foreign = slices.filter(({ addressType }) => !families.includes(addressType)).map((slice) => remove(slice));
  const steps = [...plans.flatMap((plan) => plan.steps), ...foreign];
  const missing = plans.some((plan) => plan.again !== undefined);
  return {
    steps,
    ...(missing ? { again: MISSING_NODE_RETRY } : {}),
    ...(kept === memory ? {} : { memory: kept }),
    ...(steps.length === 0
      ? {}
      : {
          because: `Service ${name} selects ${pods.length} pods with addresses, has ${slices.length} slices: writing ${steps.filter(({ op }) => op !== 'event').length}`,
        }),
  };
}

function familiesOf({ spec }: Service): readonly AddressType[] {
  return spec.ipFamilies === undefined || spec.ipFamilies.length === 0 ? ['IPv4'] : (spec.ipFamilies as AddressType[]);
}

function reconcileFamily(
  view: View,
  service: Service,
  pods: readonly Pod[],
  allSlices: readonly EndpointSlice[],
  addressType: AddressType,
  maxPerSlice: number,
  hinted: { readonly memory: HintMemory } | null,
): Plan<HintMemory> {
  const slices = allSlices.filter((slice) => slice.addressType === addressType);
  const { groups, missing } = groupByPorts(view, service, pods, addressType);
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = portMapKey(slice.ports);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  const triggerTime = triggerTimeOf(service, pods, slices, groups);

  const creates: SliceInput[] = [];
  const updates: EndpointSlice[] = [];
  const deletes: EndpointSlice[] = [];
  for (const [key, { ports, endpoints }] of groups) {
    const packing = pack(
      byPorts.get(key) ?? [],
      endpoints,
      (slice) => hasStaleLabels(service, slice),
      maxPerSlice,
      hinted === null ? undefined : lateReconcilers.code.isSameBesidesHints,
    );
    creates.push(...packing.creates.map((each) => newSlice(service, addressType, ports, each, triggerTime)));
    updates.push(
      ...[...packing.updates].map(([slice, each]) => changedSlice(service, slice, ports, each, triggerTime)),
    );
    deletes.push(...packing.deletes);
  }
  for (const [key, unwanted] of byPorts) if (!groups.has(key)) deletes.push(...unwanted);

  if (slices.length === deletes.length && creates.length === 0) {
    const [only] = deletes;
    if (deletes.length === 1 && only !== undefined && isPlaceholder(service, only)) deletes.pop();
    else creates.push(newSlice(service, addressType, [], [], triggerTime));
  }
  const again = missing ? { again: MISSING_NODE_RETRY } : {};
  const plain = { creates, updates, deletes };
  if (hinted === null) return { steps: writes(service, plain, triggerTime), ...again };
  const family = { service, addressType, slices, triggerTime };
  const { events, memory, ...rest } = lateReconcilers.code.withHints(view, family, plain, hinted.memory);
  return { steps: [...events, ...writes(service, rest, triggerTime)], memory, ...again };
}

function groupByPorts(
  view: View,
  service: Service,
  pods: readonly Pod[],
  family: AddressType,
): { readonly groups: ReadonlyMap<string, Group>; readonly missing: boolean } {
  const groups = new Map<string, Group>();
  let missing = false;
  for (const pod of pods) {
    const node = view.get('Node', '', pod.spec.nodeName ?? '');
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      missing = true;
      continue;
    }
    const endpoint = endpointOf(service, pod, node, family);
    if (endpoint === null) continue;
    const ports = portsOf(service, pod);
    const key = portMapKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpoint);
    groups.set(key, group);
  }
  return { groups, missing };
}

/**
 * When that happened which this write answers: the earliest change of readiness among the pods whose endpoints are new or
 * different, or the creation of a Service that has no slices yet. `null` when nothing tells.
 */
function triggerTimeOf(
  service: Service,
  pods: readonly Pod[],
  slices: readonly EndpointSlice[],
  groups: ReadonlyMap<string, Group>,
): string | null {
  if (slices.length === 0) return service.metadata.creationTimestamp;
  const known = new Map<string, Endpoint>();
  for (const { endpoints = [] } of slices) for (const endpoint of endpoints) known.set(endpointKey(endpoint), endpoint);
  const changed = new Set<string>();
  for (const { endpoints } of groups.values()) {
    for (const endpoint of endpoints) {
      const { ready, terminating } = known.get(endpointKey(endpoint))?.conditions ?? {};
      const same = ready === endpoint.conditions?.ready && terminating === endpoint.conditions?.terminating;
      if (!same) changed.add(endpoint.targetRef?.name ?? '');
    }
  }
  let earliest: string | null = null;
  for (const pod of changed.size === 0 ? [] : pods) {
    const since = changed.has(pod.metadata.name)
      ? conditionOf(pod.status.conditions, 'Ready')?.lastTransitionTime
      : undefined;
    if (since !== undefined && since !== null && since !== '' && (earliest === null || since < earliest))
      earliest = since;
  }
  return earliest;
}

/** The slice of a Service without endpoints. */
function isPlaceholder(service: Service, slice: EndpointSlice): boolean {
  return (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0 && !hasStaleLabels(service, slice);
}

/** Where one slice comes and another goes, the one that would go is rewritten instead. */
function writes(
  service: Service,
  { creates, updates, deletes }: SliceWrites,
  triggerTime: string | null,
): readonly Step[] {
  const reused = Math.min(creates.length, deletes.length);
  const rewritten = deletes.slice(0, reused).map((slice, index) => {
    const { endpoints, ports } = creates[creates.length - 1 - index]!;
    return changedSlice(service, slice, ports, endpoints, triggerTime);
  });
  const { namespace = '', name } = service.metadata;
  const regarding = referenceTo(service);
  const failure = (text: string) => ({
    onFailure: warning(
      regarding,
      'FailedToUpdateEndpointSlices',
      `Error updating Endpoint Slices for Service ${namespace}/${name}: failed to ${text} for Service ${namespace}/${name}: {error}`,
    ),
  });
  const created = service.metadata.deletionTimestamp === undefined ? creates.slice(0, creates.length - reused) : [];
  return [
    ...created.map((slice) => create(slice, failure('create EndpointSlice'))),
    ...[...updates, ...rewritten].map((slice) => update(slice, failure(`update ${slice.metadata.name} EndpointSlice`))),
    ...deletes.slice(reused).map((slice) => remove(slice, failure(`delete ${slice.metadata.name} EndpointSlice`))),
  ];
}
