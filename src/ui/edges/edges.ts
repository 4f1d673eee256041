/** Lines between things that have to do with each other, from what frames and the engine's records tell. Pure. */
import type { Bonds, Structure } from '#engine/cluster/structure';
import type { MachineRecord, NodeRecord, PodRecord, Subject } from '#engine/cluster/records';
import { SECOND, type Micros } from '#engine/kernel/time';
import { subjectKey } from '../state/mirror';

/** In the order in which they are offered. */
export const EDGE_KINDS = ['ownership', 'selection', 'watches', 'calls', 'heartbeats', 'raft'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

export interface Edge {
  readonly kind: EdgeKind;
  readonly from: Subject;
  readonly to: Subject;
  /** Figures and names of the API, no words of a language; empty: none. */
  readonly note: string;
  /** It should be there and is late, or closed. */
  readonly troubled: boolean;
}

/** How often a process has asked for a change lately, by verb. */
export type Calls = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface EdgeFacts {
  readonly machines: ReadonlyMap<string, MachineRecord>;
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly pods: readonly PodRecord[];
  readonly structure: Structure;
  readonly bonds: Bonds;
  readonly calls: Calls;
  readonly now: Micros;
}

/** A kubelet renews its Lease every ten seconds: two that were missed are a sign. */
const LATE: Micros = 25 * SECOND;
const MOST_NAMES = 3;

const process = (id: string): Subject => ({ kind: 'Process', namespace: '', name: id });

const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} +${names.length - MOST_NAMES}`;

function ownership({ pods, structure }: EdgeFacts): readonly Edge[] {
  const owners = new Map(structure.owners.map((one) => [one.uid, one]));
  const edges: Edge[] = [];
  const add = (from: Subject, to: Subject): void => {
    edges.push({ kind: 'ownership', from, to: subjectOf(to), note: '', troubled: false });
  };
  for (const one of structure.owners) {
    const above = one.owner === null ? undefined : owners.get(one.owner);
    if (above) add(subjectOf(above), one);
  }
  for (const pod of pods) {
    if (pod.owner === null) continue;
    const { kind, name } = pod.owner;
    add(kind === 'Node' ? machine(name) : { kind, namespace: pod.namespace, name }, pod);
  }
  return edges;
}

const subjectOf = ({ kind, namespace, name }: Subject): Subject => ({ kind, namespace, name });
const machine = (name: string): Subject => ({ kind: 'Machine', namespace: '', name });

const selection = ({ bonds }: EdgeFacts): readonly Edge[] =>
  bonds.bonds.flatMap(({ from, to }) =>
    to.map((target): Edge => ({ kind: 'selection', from, to: target, note: '', troubled: false })),
  );

const watches = ({ bonds }: EdgeFacts): readonly Edge[] =>
  bonds.watches.map(({ client, server, resources }) => ({
    kind: 'watches',
    from: process(client),
    to: process(server),
    note: listed(resources),
    troubled: false,
  }));

/** Which API server each client holds. */
function* connections({ machines }: EdgeFacts) {
  for (const { processes } of machines.values()) {
    for (const { id, name, connection, state } of processes) {
      if (connection) yield { id, name, state, ...{ server: connection.server, isOpen: connection.state === 'open' } };
    }
  }
}

function calls(facts: EdgeFacts): readonly Edge[] {
  const edges: Edge[] = [];
  const held = new Map<string, string>();
  for (const { id, server } of connections(facts)) held.set(id, server);
  const [anyServer] = [...facts.machines.values()].flatMap(({ processes }) =>
    processes.filter(({ name }) => name === 'kube-apiserver').map(({ id }) => id),
  );
  for (const [from, verbs] of facts.calls) {
    const to = held.get(from) ?? anyServer;
    if (to === undefined || to === from) continue;
    const note = Object.entries(verbs)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([verb, count]) => `${verb} ${count}`)
      .join(' · ');
    edges.push({ kind: 'calls', from: process(from), to: process(to), note, troubled: false });
  }
  return edges;
}

function heartbeats(facts: EdgeFacts): readonly Edge[] {
  const edges: Edge[] = [];
  for (const { id, name, server, isOpen, state } of connections(facts)) {
    if (name !== 'kubelet') continue;
    const node = facts.nodes.get(id.slice(0, id.indexOf('/')));
    const heard = node?.lastHeartbeat ?? null;
    const since = heard === null ? null : facts.now - heard;
    edges.push({
      kind: 'heartbeats',
      from: process(id),
      to: process(server),
      note: since === null ? '' : `${Math.max(0, Math.floor(since / SECOND))} s`,
      troubled: !isOpen || state !== 'running' || (since !== null && since > LATE),
    });
  }
  return edges;
}

function raft({ machines }: EdgeFacts): readonly Edge[] {
  const edges: Edge[] = [];
  for (const { processes } of machines.values()) {
    for (const { id, raft: member } of processes) {
      if (member?.role !== 'leader') continue;
      for (const { member: follower, matchIndex, active } of member.progress) {
        if (follower === id) continue;
        const note = `${matchIndex}/${member.lastIndex}`;
        edges.push({ kind: 'raft', from: process(id), to: process(follower), note, troubled: !active });
      }
    }
  }
  return edges;
}

const MAKERS: Readonly<Record<EdgeKind, (facts: EdgeFacts) => readonly Edge[]>> = {
  ownership,
  selection,
  watches,
  calls,
  heartbeats,
  raft,
};

/** Whether a line begins or ends at a thing: a machine's are also those of its processes. */
function touches({ from, to }: Edge, thing: Subject): boolean {
  return [from, to].some(
    (end) =>
      subjectKey(end) === subjectKey(thing) ||
      (thing.kind === 'Machine' && end.kind === 'Process' && end.name.startsWith(`${thing.name}/`)),
  );
}

/** Owners above a thing and all that it owns, however far. */
function lineage(edges: readonly Edge[], thing: Subject): readonly Edge[] {
  const walk = (start: 'from' | 'to', end: 'from' | 'to'): readonly Edge[] => {
    const seen = new Set([subjectKey(thing)]);
    const found: Edge[] = [];
    for (let grew = true; grew;) {
      grew = false;
      for (const edge of edges) {
        if (!seen.has(subjectKey(edge[start])) || found.includes(edge)) continue;
        found.push(edge);
        seen.add(subjectKey(edge[end]));
        grew = true;
      }
    }
    return found;
  };
  return [...walk('to', 'from'), ...walk('from', 'to')];
}

/**
 * The lines of these kinds.
 *
 * @param of - only those that have to do with this thing; null: all
 */
export function edgesOf(kinds: readonly EdgeKind[], facts: EdgeFacts, of: Subject | null): readonly Edge[] {
  return kinds.flatMap((kind) => {
    const edges = MAKERS[kind](facts);
    if (of === null) return edges;
    return kind === 'ownership' ? lineage(edges, of) : edges.filter((edge) => touches(edge, of));
  });
}

/** A request that changed something. */
export interface Call {
  readonly at: Micros;
  readonly from: string;
  readonly verb: string;
}

/** Calls by process and verb. */
export function callsOf(recent: readonly Call[]): Calls {
  const calls = new Map<string, Record<string, number>>();
  for (const { from, verb } of recent) {
    const verbs = calls.get(from) ?? {};
    verbs[verb] = (verbs[verb] ?? 0) + 1;
    calls.set(from, verbs);
  }
  return calls;
}
