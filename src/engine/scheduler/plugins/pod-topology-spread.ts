/**
 * Pods that belong together are spread over zones, nodes, or whatever labels of nodes say.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/podtopologyspread/{plugin,scoring}.go
 */
import { naturalLogarithm } from '#engine/kernel/logarithm';
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_NODE_TAINT, UPDATE_POD_LABEL, UPDATE_POD_TOLERATION } from '../events';
import type { NodeInfo } from '../node-info';
import { MAX_NODE_SCORE, SKIP, definePlugin } from '../plugin';
import { type DomainRule, type Domains, NOWHERE, type Tally, byLabel, domainsBy, tallyOf } from '../topology-counts';
import { lateFilter, lateHints } from './late-plugins';
import { HOSTNAME, constraintsOf, isSystemDefaulted, mayForbid } from './spread-constraints';

const NAME = 'PodTopologySpread';
const BY_NODE: DomainRule = { key: 'spread\nnode', topologyKey: '', includes: null };

interface Soft {
  readonly tally: Tally;
  /** By the label alone: who has it is scored, also when it does not count. */
  readonly labels: Domains;
  readonly weight: number;
  readonly maxSkew: number;
}

interface Scoring {
  readonly soft: readonly Soft[];
  /** Of the nodes to be scored those that lack a label; null: none. */
  readonly ignored: ReadonlySet<number> | null;
}

export const podTopologySpread = definePlugin<unknown, Scoring>({
  name: NAME,
  events: lateHints(
    NAME,
    { resource: 'AssignedPod', actions: ADD | UPDATE_POD_LABEL | DELETE, label: 'AssignedPod' },
    { resource: 'UnscheduledPod', actions: UPDATE_POD_LABEL | UPDATE_POD_TOLERATION, label: 'PodUpdate' },
    { resource: 'Node', actions: ADD | DELETE | UPDATE_NODE_LABEL | UPDATE_NODE_TAINT, label: 'Node' },
  ),
  ...lateFilter(NAME, mayForbid),

  preScore(cycle, nodes, count) {
    const constraints = constraintsOf(cycle, 'ScheduleAnyway');
    if (constraints.length === 0) return SKIP;
    const labelled = constraints.map(({ topologyKey }) => domainsBy(cycle.cache, byLabel(topologyKey)));
    const ignored = isSystemDefaulted(cycle) ? null : nodesWithout(labelled, nodes, count);
    const soft = constraints.map(({ topologyKey, maxSkew, selection, rule }, i) => {
      const isHostname = topologyKey === HOSTNAME;
      const labels = labelled[i]!;
      const size = isHostname ? count - (ignored?.size ?? 0) : sizeOf(labels, nodes, count, ignored);
      const tally = tallyOf(cycle.cache, selection, isHostname ? BY_NODE : rule);
      return { tally, labels, weight: naturalLogarithm(size + 2), maxSkew };
    });
    return { soft, ignored };
  },

  score({ soft, ignored }, _cycle, nodes, count, scores) {
    scores.fill(0, 0, count);
    for (const { tally, labels, weight, maxSkew } of soft) {
      const { of } = tally.domains;
      for (let i = 0; i < count; i++) {
        const { slot } = nodes[i]!;
        if (labels.of[slot] === NOWHERE) continue;
        scores[i]! += (tally.pods[of[slot]!] ?? 0) * weight + (maxSkew - 1);
      }
    }
    for (let i = 0; i < count; i++) scores[i] = ignored?.has(i) === true ? 0 : Math.round(scores[i]!);
  },

  normalizeScore(scores, count, { ignored }) {
    let least = Infinity;
    let most = 0;
    for (let i = 0; i < count; i++) {
      if (ignored?.has(i) === true) continue;
      const score = scores[i]!;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    for (let i = 0; i < count; i++) {
      if (ignored?.has(i) === true) scores[i] = 0;
      else if (most === 0) scores[i] = MAX_NODE_SCORE;
      else scores[i] = Math.trunc((MAX_NODE_SCORE * (most + least - scores[i]!)) / most);
    }
  },
});

function nodesWithout(
  labelled: readonly Domains[],
  nodes: readonly NodeInfo[],
  count: number,
): ReadonlySet<number> | null {
  const without = new Set<number>();
  for (const { of } of labelled) {
    for (let i = 0; i < count; i++) if (of[nodes[i]!.slot] === NOWHERE) without.add(i);
  }
  return without.size === 0 ? null : without;
}

/** How many domains the nodes are in. Those without the label are in one of their own. */
function sizeOf(
  { of, numbers }: Domains,
  nodes: readonly NodeInfo[],
  count: number,
  ignored: ReadonlySet<number> | null,
): number {
  const seen = new Uint8Array(numbers.size + 1);
  let size = 0;
  for (let i = 0; i < count; i++) {
    const place = of[nodes[i]!.slot]! + 1;
    if (seen[place] === 1 || ignored?.has(i) === true) continue;
    seen[place] = 1;
    size += 1;
  }
  return size;
}
