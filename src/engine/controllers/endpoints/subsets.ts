/** Subsets of Endpoints in their canonical form, and cut to what one object holds. */
import type { Endpoints } from '#engine/api/types';

type Subsets = NonNullable<Endpoints['subsets']>;
type Subset = Subsets[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

interface Offer {
  /** Absent: hosts without ports. */
  readonly port: Port | undefined;
  /** By address and uid of the target; what was not ready once is not ready. */
  readonly hosts: Map<string, { readonly address: Address; isReady: boolean }>;
}

/**
 * Each port goes where the others are that exactly the same hosts offer.
 *
 * @source kubernetes pkg/api/v1/endpoints/util.go (RepackSubsets)
 * @simplified subsets and ports come in the order in which they were found; upstream sorts them by a hash
 */
export function repackSubsets(subsets: Subsets): Subsets {
  const offers = new Map<string, Offer>();
  const first = new Map<string, Address>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    for (const port of ports.length === 0 ? [undefined] : ports) {
      const key = JSON.stringify([port?.name ?? '', port?.port, port?.protocol, port?.appProtocol]);
      let offer = offers.get(key);
      if (offer === undefined) offers.set(key, (offer = { port, hosts: new Map() }));
      for (const [list, isReady] of [
        [addresses, true],
        [notReadyAddresses, false],
      ] as const) {
        for (const address of list) {
          const id = `${address.ip} ${address.targetRef?.uid ?? ''}`;
          if (!first.has(id)) first.set(id, address);
          const host = offer.hosts.get(id);
          if (host === undefined) offer.hosts.set(id, { address: first.get(id) ?? address, isReady });
          else host.isReady &&= isReady;
        }
      }
    }
  }
  const packed = new Map<string, Required<Subset>>();
  for (const { port, hosts } of offers.values()) {
    const key = [...hosts]
      .map(([id, { isReady }]) => `${id} ${isReady}`)
      .toSorted()
      .join();
    let subset = packed.get(key);
    if (subset === undefined) {
      const those = (ready: boolean): Address[] =>
        [...hosts.values()].filter(({ isReady }) => isReady === ready).map(({ address }) => address);
      packed.set(key, (subset = { addresses: those(true), notReadyAddresses: those(false), ports: [] }));
    }
    if (port !== undefined) subset.ports.push(port);
  }
  return [...packed.values()];
}

/**
 * Takes out what is too much: first of what is not ready, from each subset its share.
 *
 * @param most - addresses that may stay
 * @source kubernetes pkg/controller/endpoint/endpoints_controller.go (truncateEndpoints)
 */
export function truncateSubsets(subsets: Subsets, most: number): Subsets {
  const total = (list: 'addresses' | 'notReadyAddresses'): number =>
    subsets.reduce((so, subset) => so + (subset[list]?.length ?? 0), 0);
  const readyOnes = total('addresses');
  const cutsReady = readyOnes > most;
  const room = cutsReady ? most : most - readyOnes;
  const all = cutsReady ? readyOnes : total('notReadyAddresses');
  let left = room;
  return subsets.map(({ addresses = [], notReadyAddresses = [], ports }) => {
    const given = cutsReady ? addresses : notReadyAddresses;
    const kept = given.slice(0, Math.min(left, Math.ceil((given.length / all) * room)));
    left -= kept.length;
    const [ready, notReady] = cutsReady ? [kept, []] : [addresses, kept];
    return {
      ...(ready.length === 0 ? null : { addresses: ready }),
      ...(notReady.length === 0 ? null : { notReadyAddresses: notReady }),
      ...(ports === undefined ? null : { ports }),
    };
  });
}
