/** InterPodAffinity for pods that have no rules about others while no pod on a node has any: it is skipped. The rest comes late. */
import { ADD, DELETE, UPDATE_NODE_LABEL, UPDATE_POD_LABEL } from '../events';
import { type Cycle, type Plugin, SKIP } from '../plugin';
import { hasRules, isAnythingCarried } from '../topology-counts';
import { lateFilter, lateHints, latePlugins } from './late-plugins';

const NAME = 'InterPodAffinity';
const isConcerned = ({ cache, pod }: Cycle): boolean => hasRules(pod.pod) || isAnythingCarried(cache);

export const neighbours: Plugin = {
  name: NAME,
  events: lateHints(
    NAME,
    { resource: 'AssignedPod', actions: ADD | UPDATE_POD_LABEL | DELETE, label: 'AssignedPod' },
    { resource: 'Node', actions: ADD | UPDATE_NODE_LABEL, label: 'Node' },
  ),
  ...lateFilter(NAME, isConcerned),
  preScore: (cycle, nodes, count) =>
    isConcerned(cycle) ? latePlugins.code[NAME].preScore!(cycle, nodes, count) : SKIP,
  score: (state, cycle, nodes, count, scores) => latePlugins.code[NAME].score!(state, cycle, nodes, count, scores),
  normalizeScore: (scores, count, state) => latePlugins.code[NAME].normalizeScore!(scores, count, state),
};
