/**
 * Keys of the node lifecycle controller and what each does:
 * `nodes` is the pass every 5 s and, in between, the queue of NoExecute taints; `taints/<node>` puts NoSchedule taints on at
 * once; `pods/<node>` makes the pods of a lost node not Ready; `pod/<namespace>/<name>` does so for one that came late.
 *
 * @source kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/util/node/controller_utils.go
 */
import { conditionOf, isPodReady } from '#engine/api/meta';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { Pod } from '#engine/api/types';
import { MILLISECOND, type Micros, SECOND } from '#engine/kernel/time';
import { NOTHING, type Plan, type Situation, type Step, type View } from '#engine/client/plan';
import { splitKey } from '../keys';
import { referenceTo, updateStatus, warning } from '../steps';
import { evictionTaints, upkeepOf, upkeepPatch } from './condition-taints';
import { NODE_MONITOR_GRACE_PERIOD } from './health';
import { type NodeMemory, type Pass, passOver, swapTaint } from './pass';
import { type Zone, takeNext, untilNext, zoneKey } from './zones';

export const NODES_KEY = 'nodes';
export const TAINTS = 'taints/';
export const PODS = 'pods/';
export const POD = 'pod/';

/** `--node-monitor-period` */
export const NODE_MONITOR_PERIOD: Micros = 5 * SECOND;
/** What a pass takes. Upstream counts the period from its end, so that ten passes are a little more than the grace period. */
const PASS_TIME: Micros = 2 * MILLISECOND;
/** How often upstream looks into the queue of NoExecute taints. */
const SCAN_PERIOD: Micros = 100 * MILLISECOND;

export const INITIAL_MEMORY: NodeMemory = { nodes: new Map(), zones: new Map(), nextPass: 0 };

export function reconcileNodeLifecycle(view: View, key: string, situation: Situation<NodeMemory>): Plan<NodeMemory> {
  if (key === NODES_KEY) return reconcileNodes(view, situation);
  if (key.startsWith(TAINTS)) return reconcileTaints(view, key.slice(TAINTS.length), situation.now);
  if (key.startsWith(PODS)) return reconcilePods(view, key.slice(PODS.length), situation.now);
  const { namespace, name } = splitKey(key.slice(POD.length));
  const pod = view.get('Pod', namespace, name);
  return pod === undefined ? NOTHING : notReadyPlan(pod.spec.nodeName ?? '', [pod], situation.now);
}

/** A pass when one is due, or when writes of the last one failed; else the queue. */
function reconcileNodes(view: View, situation: Situation<NodeMemory>): Plan<NodeMemory> {
  const { memory, now, failed } = situation;
  if (now < memory.nextPass && failed.length === 0) return taintNext(view, memory, now);
  const pass = passOver(view, failed.length === 0 ? memory : withTokensBack(view, situation), now);
  const next: NodeMemory = { nodes: pass.nodes, zones: pass.zones, nextPass: now + PASS_TIME + NODE_MONITOR_PERIOD };
  return {
    steps: pass.steps,
    memory: next,
    again: untilWork(next, now),
    ...(pass.steps.length === 0 ? {} : { because: passReason(pass, now) }),
    ...(pass.lost.length === 0 ? {} : { silent: pass.lost }),
  };
}

function passReason({ nodes, lost }: Pass, now: Micros): string {
  const said = `looked at ${nodes.size} nodes`;
  if (lost.length === 0) return said;
  const silent = lost.map((name) => {
    const renewed = nodes.get(name)?.renewTime ?? null;
    return renewed === null
      ? name
      : `${name} (its Lease was renewed last ${Math.round((now - parseTimestamp(renewed)) / SECOND)} s ago)`;
  });
  return `${said}: nothing heard of ${silent.join(', ')} for the grace period of ${NODE_MONITOR_GRACE_PERIOD / SECOND} s`;
}

/** Puts the NoExecute taint on the nodes whose turn it is. */
function taintNext(view: View, memory: NodeMemory, now: Micros): Plan<NodeMemory> {
  const steps: Step[] = [];
  const tainted: string[] = [];
  const zones = new Map<string, Zone>();
  for (const [key, zone] of memory.zones) {
    const taken = takeNext(zone, now);
    zones.set(key, taken?.zone ?? zone);
    const node = taken === null ? undefined : view.get('Node', '', taken.node);
    const taints = node === undefined ? null : evictionTaints(node);
    if (node === undefined || taints === null) continue;
    steps.push(swapTaint(node, taints.wanted, taints.opposite, now));
    tainted.push(node.metadata.name);
  }
  const next: NodeMemory = { ...memory, zones };
  return {
    steps,
    memory: next,
    again: untilWork(next, now),
    ...(steps.length === 0
      ? {}
      : { because: `it is the turn of ${tainted.join(', ')} to be tainted NoExecute, one node per zone in 10 s` }),
  };
}

/** The next pass, or before that the next token for a queued node, on the grid on which upstream looks for it. */
function untilWork({ zones, nextPass }: NodeMemory, now: Micros): Micros {
  const wait = untilNext(zones, now);
  const scan = wait === null ? Infinity : Math.max(1, Math.ceil(wait / SCAN_PERIOD)) * SCAN_PERIOD;
  return Math.min(Math.max(0, nextPass - now), scan);
}

/** A node whose taint was refused (mostly a conflict) is to be tried again without waiting for another token. */
function withTokensBack(view: View, { memory, failed, now }: Situation<NodeMemory>): NodeMemory {
  const zones = new Map(memory.zones);
  for (const { step } of failed) {
    const node = step.op === 'patch' ? view.get('Node', '', step.target.name) : undefined;
    if (node === undefined) continue;
    const key = zoneKey(node);
    const zone = zones.get(key);
    if (zone !== undefined) zones.set(key, { ...zone, nextAt: now });
  }
  return { ...memory, zones };
}

function reconcileTaints(view: View, name: string, now: Micros): Plan<NodeMemory> {
  const node = view.get('Node', '', name);
  const upkeep = node === undefined ? null : upkeepOf(node);
  if (node === undefined || upkeep === null) return NOTHING;
  const on = upkeep.add.map(({ key }) => `+${key}`);
  const off = upkeep.drop.map(({ key }) => `-${key}`);
  return {
    steps: [upkeepPatch(node, upkeep, now)],
    because: `${name}'s NoSchedule taints follow its conditions: ${[...on, ...off].join(', ') || 'labels only'}`,
  };
}

function reconcilePods(view: View, name: string, now: Micros): Plan<NodeMemory> {
  const ready = conditionOf(view.get('Node', '', name)?.status.conditions, 'Ready');
  return ready === undefined || ready.status === 'True' ? NOTHING : notReadyPlan(name, view.podsOn(name), now);
}

/** Makes pods not Ready, so that endpoints leave them out; reason and message stay as they were. */
function notReadyPlan(node: string, pods: readonly Pod[], now: Micros): Plan<NodeMemory> {
  const ready = pods.filter(isPodReady);
  if (ready.length === 0) return NOTHING;
  return {
    steps: ready.map((pod) =>
      updateStatus(notReady(pod, now), {
        onSuccess: warning(referenceTo(pod), 'NodeNotReady', 'Node is not ready'),
        optional: true,
      }),
    ),
    because: `${node} is not ready: so are its ${ready.length} pods`,
  };
}

function notReady(pod: Pod, now: Micros): Pod {
  const conditions = (pod.status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: timestamp(now) } : condition,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}
