/**
 * For whom endpoints are: by the Service's `trafficDistribution` each for its own zone or node, by its topology annotation as
 * `topology.ts` spreads them. The annotation goes first. Nobody else may write hints.
 *
 * @source kubernetes endpointslice/reconciler.go (reconcileByAddressType), trafficdist/trafficdist.go
 * @simplified an Event that says what the last one said is recorded again only when slices are written: each write is looked at
 * once more here, upstream knows its own
 */
import { deepEqual } from '#engine/api/json';
import { keyOf } from '#engine/api/meta';
import { without } from '#engine/api/structural-sharing';
import type { Endpoint, EndpointSlice, Service } from '#engine/api/types';
import type { EventStep, View } from '#engine/client/plan';
import { normal, record, referenceTo, warning } from '../steps';
import type { AddressType } from './endpoints';
import { changedSlice, type SliceInput } from './slices';
import { isTopologyAware, type Spread, spreadOverZones } from './topology';
import { cpuShares, isEndpointReady } from './zone-shares';

/** By key of the Service, which it outlives, as upstream's does. */
export type HintMemory = Readonly<Record<string, HintState>> | null;

const ENABLED = 'TopologyAwareHintsEnabled';
const DISABLED = 'TopologyAwareHintsDisabled';

interface HintState {
  /** Whether its hints are by the annotation. */
  readonly enabled: boolean;
  /** What its last Event said, by family of addresses. */
  readonly said: Readonly<Record<string, string>>;
}

/** What is to be written of one family of addresses. */
export interface SliceWrites {
  readonly creates: readonly SliceInput[];
  readonly updates: readonly EndpointSlice[];
  readonly deletes: readonly EndpointSlice[];
}

export interface HintedWrites extends SliceWrites {
  readonly events: readonly EventStep[];
  readonly memory: HintMemory;
}

export interface Family {
  readonly service: Service;
  readonly addressType: AddressType;
  /** Its slices, as they are. */
  readonly slices: readonly EndpointSlice[];
  readonly triggerTime: string | null;
}

const withoutHints = (endpoint: Endpoint): Endpoint => without(endpoint, 'hints');

/** Whether an endpoint is as it is to be; its hints are not looked at. */
export const isSameBesidesHints = (next: Endpoint, stored: Endpoint): boolean => deepEqual(next, withoutHints(stored));

/** A zone or node that is not known is no hint; an endpoint that is not ready keeps what it has. */
const forItsOwn =
  (alsoNode: boolean) =>
  (endpoint: Endpoint): Endpoint => {
    const { zone, nodeName } = endpoint;
    if (!isEndpointReady(endpoint)) return endpoint;
    const hints = {
      ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
      ...(nodeName === undefined || !alsoNode ? {} : { forNodes: [{ name: nodeName }] }),
    };
    return { ...withoutHints(endpoint), ...(Object.keys(hints).length === 0 ? {} : { hints }) };
  };

export function withHints(view: View, family: Family, writes: SliceWrites, memory: HintMemory): HintedWrites {
  const named = new Set([...writes.updates, ...writes.deletes].map(({ metadata }) => metadata.name));
  const others = family.slices.filter(({ metadata }) => !named.has(metadata.name));
  return isTopologyAware(family.service)
    ? byShares(view, family, writes, others, memory)
    : byDistribution(family, writes, others, memory);
}

/** Without a distribution either, all hints go. */
function byDistribution(
  family: Family,
  writes: SliceWrites,
  others: readonly EndpointSlice[],
  memory: HintMemory,
): HintedWrites {
  const { service, addressType } = family;
  const { trafficDistribution } = service.spec;
  const hint = trafficDistribution === undefined ? withoutHints : forItsOwn(trafficDistribution === 'PreferSameNode');
  const hinted = eachWith(hint, family, writes, others);
  const { [keyOf(service)]: before, ...rest } = memory ?? {};
  if (before === undefined) return { ...hinted, events: [], memory };
  const message = `Topology Aware Hints has been disabled, addressType: ${addressType}`;
  const events = before.enabled ? [record(warning(referenceTo(service), DISABLED, message))] : [];
  return { ...hinted, events, memory: rest };
}

function byShares(
  view: View,
  family: Family,
  writes: SliceWrites,
  others: readonly EndpointSlice[],
  memory: HintMemory,
): HintedWrites {
  const { service, addressType } = family;
  const key = keyOf(service);
  const before = memory?.[key] ?? { enabled: false, said: {} };
  const spread = spreadOverZones(cpuShares(view.list('Node')), endpointsOf(writes), others);
  const enabled = typeof spread !== 'string';
  const hinted = enabled ? taken(spread, family, writes) : eachWith(withoutHints, family, writes, others);
  if (enabled && before.enabled) return { ...hinted, events: [], memory };

  const told = enabled ? 'Topology Aware Hints has been enabled' : spread;
  const message = `${told}, addressType: ${addressType}`;
  const isWritten = [hinted.creates, hinted.updates, hinted.deletes].some(({ length }) => length > 0);
  const isNews = isWritten || before.said[addressType] !== message;
  const tell = enabled ? normal : warning;
  const state = { enabled, said: { ...before.said, [addressType]: message } };
  return {
    ...hinted,
    events: isNews ? [record(tell(referenceTo(service), enabled ? ENABLED : DISABLED, message))] : [],
    memory: { ...memory, [key]: state },
  };
}

const endpointsOf = ({ creates, updates }: SliceWrites): readonly (readonly Endpoint[])[] =>
  [...creates, ...updates].map(({ endpoints = [] }) => endpoints);

type Hint = (endpoint: Endpoint) => Endpoint;

/** Every endpoint with its hint; slices that could stay are written where one changes. */
function eachWith(hint: Hint, family: Family, writes: SliceWrites, others: readonly EndpointSlice[]): SliceWrites {
  const changed = new Map(
    others
      .map((slice) => [slice, (slice.endpoints ?? []).map(hint)] as const)
      .filter(([slice, endpoints]) => !deepEqual(endpoints, slice.endpoints ?? [])),
  );
  const written = endpointsOf(writes).map((endpoints) => endpoints.map(hint));
  return taken({ written, changed }, family, writes);
}

function taken(
  { written, changed }: Spread,
  { service, triggerTime }: Family,
  { creates, updates, deletes }: SliceWrites,
): SliceWrites {
  return {
    creates: creates.map((slice, index) => ({ ...slice, endpoints: written[index]! })),
    updates: [
      ...updates.map((slice, index) => ({ ...slice, endpoints: [...written[creates.length + index]!] })),
      ...[...changed].map(([slice, endpoints]) =>
        changedSlice(service, slice, slice.ports ?? [], endpoints, triggerTime),
      ),
    ],
    deletes,
  };
}
