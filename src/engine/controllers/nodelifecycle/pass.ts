/**
 * One look at all nodes, every five seconds: who fell silent, who came and went, and what that means for the zones.
 * It reads nodes and Leases only; the pods of a lost node are the business of that node's own key.
 *
 * @source kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (monitorNodeHealth, processTaintBaseEviction)
 */
import { conditionOf } from '#engine/api/meta';
import type { Node } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import type { Step, View } from '#engine/client/plan';
import { normal, record, referenceTo, updateStatus } from '../steps';
import { NOT_READY, UNREACHABLE, hasTaint, taintPatch } from '../taints';
import { taintsForStatus } from './condition-taints';
import { type NodeHealth, isSilent, probe, silentConditions } from './health';
import { type Tally, type Zone, judgeZones, newZone, zoneKey } from './zones';

const EXCLUDE_DISRUPTION = 'node.kubernetes.io/exclude-disruption';

/** What the controller remembers. Maps are replaced, never changed. */
export interface NodeMemory {
  readonly nodes: ReadonlyMap<string, NodeHealth>;
  readonly zones: ReadonlyMap<string, Zone>;
  /** When the next pass is due. */
  readonly nextPass: Micros;
}

export interface Pass {
  readonly steps: readonly Step[];
  readonly nodes: ReadonlyMap<string, NodeHealth>;
  readonly zones: ReadonlyMap<string, Zone>;
  /** Names of nodes that were found silent by this pass. */
  readonly lost: readonly string[];
}

/** The pass over all nodes. The maps of `memory` are answered themselves where nothing changed. */
export function passOver(view: View, memory: NodeMemory, now: Micros): Pass {
  const nodes = view.list('Node');
  const steps: Step[] = [...departures(view, memory.nodes)];
  const health = new Map<string, NodeHealth>();
  const tallies = new Map<string, { ready: number; notReady: number }>();
  const queued = new Queues(memory.zones, now);
  const written = new Set<string>();
  const lost: string[] = [];
  let changed = nodes.length !== memory.nodes.size;

  for (const node of nodes) {
    const { name } = node.metadata;
    const zone = zoneKey(node);
    const known = memory.nodes.get(name);
    const isNew = known === undefined;
    const current = probe(node, view.get('Lease', 'kube-node-lease', name), known, now);
    health.set(name, current);
    if (current !== known) changed = true;
    if (isNew)
      steps.push(
        record(
          normal(referenceTo(node), 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`),
        ),
      );

    const ready = conditionOf(node.status.conditions, 'Ready');
    const silent = isSilent(node, current, now);
    const conditions = silent ? silentConditions(node, now) : null;
    if (conditions !== null) {
      lost.push(name);
      written.add(name);
      steps.push(statusWrite(node, conditions, ready?.status === 'True'));
    }
    const status = silent ? 'Unknown' : ready?.status;
    if (node.metadata.labels?.[EXCLUDE_DISRUPTION] === undefined) count(tallies, zone, status === 'True');
    if (status === undefined) continue;

    const wanted = taintsForStatus(ready?.status ?? 'Unknown');
    if (wanted === null || isNew) {
      queued.remove(zone, name);
      if (!written.has(name)) steps.push(...reachable(node, now));
    }
    if (wanted === null) continue;
    if (hasTaint(node, wanted.wanted, 'NoExecute')) continue;
    if (hasTaint(node, wanted.opposite, 'NoExecute') && !isNew) {
      if (!written.has(name)) steps.push(swapTaint(node, wanted.wanted, wanted.opposite, now));
    } else {
      queued.add(zone, name);
    }
  }

  const disruption = judgeZones(queued.zones(), tallies, now);
  if (disruption.begins) {
    for (const node of nodes) if (!written.has(node.metadata.name)) steps.push(...reachable(node, now));
  }
  const remembered = disruption.ends
    ? new Map([...health].map(([name, each]) => [name, { ...each, probedAt: now }]))
    : changed
      ? health
      : memory.nodes;
  return { steps, nodes: remembered, zones: disruption.zones, lost };
}

function departures(view: View, known: ReadonlyMap<string, NodeHealth>): readonly Step[] {
  const steps: Step[] = [];
  for (const [name, { uid }] of known) {
    if (view.get('Node', '', name) !== undefined) continue;
    const regarding = { apiVersion: 'v1', kind: 'Node', name, uid };
    steps.push(record(normal(regarding, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)));
  }
  return steps;
}

/** Only a node that was Ready is reported as lost. */
function statusWrite(
  node: Node,
  conditions: readonly NonNullable<Node['status']['conditions']>[number][],
  wasReady: boolean,
): Step {
  const told: Node = { ...node, status: { ...node.status, conditions: [...conditions] } };
  const message = `Node ${node.metadata.name} status is now: NodeNotReady`;
  const event = wasReady ? { onSuccess: normal(referenceTo(node), 'NodeNotReady', message) } : {};
  return updateStatus(told, { ...event, optional: true });
}

function reachable(node: Node, now: Micros): readonly Step[] {
  if (!hasTaint(node, NOT_READY, 'NoExecute') && !hasTaint(node, UNREACHABLE, 'NoExecute')) return [];
  const both = [
    { key: NOT_READY, effect: 'NoExecute' as const },
    { key: UNREACHABLE, effect: 'NoExecute' as const },
  ];
  return [taintPatch(node, [], both, now, { optional: true })];
}

/** Puts one NoExecute taint in the place of the other. */
export function swapTaint(node: Node, wanted: string, opposite: string, now: Micros): Step {
  const add = [{ key: wanted, effect: 'NoExecute' as const }];
  return taintPatch(node, add, [{ key: opposite, effect: 'NoExecute' }], now, { optional: true });
}

function count(tallies: Map<string, { ready: number; notReady: number }>, zone: string, ready: boolean): void {
  const tally = tallies.get(zone) ?? { ready: 0, notReady: 0 };
  if (ready) tally.ready += 1;
  else tally.notReady += 1;
  tallies.set(zone, tally satisfies Tally);
}

/** The zones' queues while a pass goes on; a zone is copied on its first change. Lives no longer than the pass. */
class Queues {
  readonly #known: ReadonlyMap<string, Zone>;
  readonly #now: Micros;
  readonly #changed = new Map<string, Zone>();

  constructor(known: ReadonlyMap<string, Zone>, now: Micros) {
    this.#known = known;
    this.#now = now;
  }

  add(zone: string, node: string): void {
    const current = this.#get(zone);
    if (!current.queue.includes(node)) this.#changed.set(zone, { ...current, queue: [...current.queue, node] });
  }

  remove(zone: string, node: string): void {
    const current = this.#get(zone);
    if (current.queue.includes(node))
      this.#changed.set(zone, { ...current, queue: current.queue.filter((each) => each !== node) });
  }

  zones(): ReadonlyMap<string, Zone> {
    return this.#changed.size === 0 ? this.#known : new Map([...this.#known, ...this.#changed]);
  }

  #get(zone: string): Zone {
    return this.#changed.get(zone) ?? this.#known.get(zone) ?? newZone(this.#now);
  }
}
