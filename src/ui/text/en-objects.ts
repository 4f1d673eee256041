/** What is said on the stage by workload and by service, and of how it is laid out. It comes with them, late. */
import type { Arrangement } from '../state/view-slice';
import { count } from './en-grammar';

export const enObjects = {
  arrange: 'Arrange by',
  by: { machine: 'Machines', workload: 'Workloads', service: 'Services' } satisfies Record<Arrangement, string>,
  byHint: {
    machine: 'By machine: what runs where (1)',
    workload: 'By workload: who makes which pods (2)',
    service: 'By service: who sends to which pods (3)',
  } satisfies Record<Arrangement, string>,
  addZone: (zone: string) => `Add ${zone} with a worker`,
  /** Names of cards without an object. */
  card: {
    bare: 'Bare pods',
    static: 'Static pods',
    unserved: 'Pods in no Service',
    claims: 'Claims that no pod uses',
  },
  line: { ready: 'Ready', 'not-ready': 'Not ready', claims: 'Claims' },
  count: (ready: number, desired: number) => `${ready}/${desired}`,
  cardLabel: (kind: string, name: string, ready: number | null, desired: number) =>
    ready === null ? `${kind} ${name}` : `${kind} ${name}, ${ready} of ${desired} ready`,
  podsOf: (name: string, pods: number) => `Pods of ${name}: ${pods}`,
  more: (pods: number) => `and ${count(pods, 'more pod', 'more pods')}`,
  none: 'no pods',
  silent: (pods: number) => `${count(pods, 'endpoint does', 'endpoints do')} not answer`,
  namespace: (name: string, cards: number, pods: number) =>
    `Namespace ${name}, ${count(cards, 'card', 'cards')}, ${count(pods, 'pod', 'pods')}`,
  tile: (ready: number, pods: number) => `${ready}/${pods} pods ready`,
  open: (namespace: string) => `Open ${namespace}`,
  close: (namespace: string) => `Fold ${namespace}`,
  unbound: 'no volume',
  mounted: (machines: readonly string[]) => `on ${machines.join(', ')}`,
  stillMounted: (machines: readonly string[]) => `really mounted on ${machines.join(', ')}`,
  notMounted: (nodes: readonly string[]) => `attached to ${nodes.join(', ')}, mounted by nobody there`,
  nothing: { workload: 'No workloads yet', service: 'No Services yet' },
  failed: (reason: string) => `How the objects hang together could not be read: ${reason}`,
};
