/** What is said of the lines between things. It comes with them, late. */
import type { EdgeKind } from '../edges/edges';
import { count } from './en-grammar';

export const enEdges = {
  name: 'Lines between things',
  kind: {
    ownership: 'Ownership',
    selection: 'Selection',
    watches: 'Watches',
    calls: 'Writes by verb',
    heartbeats: 'Heartbeats',
    raft: 'Raft',
  } satisfies Record<EdgeKind, string>,
  hint: {
    ownership: 'Who has made what, up to the topmost owner',
    selection: 'Pods that Services, PodDisruptionBudgets and NetworkPolicies take; what HorizontalPodAutoscalers scale',
    watches: 'Who watches which resources at which API server',
    calls: 'Who has written what through which API server in the last 10 virtual seconds',
    heartbeats: 'Which API server each kubelet renews its Lease at, and how long ago',
    raft: 'From the leader of etcd to its followers: how far their logs are',
  } satisfies Record<EdgeKind, string>,
  all: 'Of everything, not only of what is selected',
  choose: 'Choose what to show.',
  select: 'Select something on the stage.',
  drawn: (lines: number, more: number): string =>
    more > 0 ? `${count(lines, 'line', 'lines')}, ${more} more not drawn` : count(lines, 'line', 'lines'),
};
