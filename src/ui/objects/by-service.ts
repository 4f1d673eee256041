/** The stage by service: what comes in, the Service, and the pods that it sends to, ready or not. Pure. */
import type { PodRecord } from '#engine/cluster/records';
import { groupsOf, lineOf, mostOfLine, type Card, type CardLine, type Facts, type Group, type Route } from './groups';

function routesByService({ structure }: Facts): ReadonlyMap<string, readonly Route[]> {
  const found = new Map<string, Route[]>();
  for (const { namespace, name, routes } of structure.ingresses) {
    for (const { from, service } of routes) {
      const key = `${namespace}/${service}`;
      const route = { ingress: { kind: 'Ingress', namespace, name }, from };
      const list = found.get(key);
      if (list) list.push(route);
      else found.set(key, [route]);
    }
  }
  return found;
}

/** All Services by namespace, each with its endpoints as the EndpointSlices have them; last the pods that none sends to. */
export function byService(facts: Facts): readonly Group[] {
  const byUid = new Map(facts.pods.map((pod) => [pod.uid, pod]));
  const routes = routesByService(facts);
  const { services } = facts.structure;
  const most = mostOfLine(services.length);
  const served = new Set<string>();
  const known = (uids: readonly string[]): readonly PodRecord[] =>
    uids.flatMap((uid) => {
      served.add(uid);
      return byUid.get(uid) ?? [];
    });
  const cards: { namespace: string; card: Card }[] = [];
  for (const { uid, namespace, name, type, clusterIP, ports, ...endpoints } of [...services].sort(
    (a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1),
  )) {
    const ready = known(endpoints.ready);
    const notReady = known(endpoints.notReady.filter((pod) => !endpoints.ready.includes(pod)));
    const lines: CardLine[] = [];
    if (ready.length > 0) lines.push(lineOf({ key: `${uid} ready`, subject: null, word: 'ready' }, ready, most));
    if (notReady.length > 0)
      lines.push(lineOf({ key: `${uid} not ready`, subject: null, word: 'not-ready' }, notReady, most));
    const address = clusterIP === 'None' ? 'headless' : clusterIP;
    cards.push({
      namespace,
      card: {
        key: uid,
        subject: { kind: 'Service', namespace, name },
        word: null,
        count: {
          ready: ready.length + endpoints.addresses.length,
          desired: ready.length + notReady.length + endpoints.addresses.length,
        },
        note: [type, address, ...ports, ...endpoints.addresses.map((at) => `→ ${at}`)].filter(Boolean).join(' · '),
        routes: routes.get(`${namespace}/${name}`) ?? [],
        lines,
        app: ready[0]?.app ?? notReady[0]?.app ?? '',
      },
    });
  }
  const unserved = new Map<string, PodRecord[]>();
  for (const pod of facts.pods) {
    if (served.has(pod.uid)) continue;
    const list = unserved.get(pod.namespace);
    if (list) list.push(pod);
    else unserved.set(pod.namespace, [pod]);
  }
  for (const [namespace, pods] of unserved) {
    const key = `unserved/${namespace}`;
    const line = lineOf({ key, subject: null }, pods, mostOfLine(1));
    cards.push({
      namespace,
      card: { key, subject: null, word: 'unserved', count: null, note: '', routes: [], lines: [line], app: '' },
    });
  }
  return groupsOf(cards, facts.pods);
}
