/** What is said of the laws of a cluster, and of the search for a seed that breaks one. */
import type { LawName } from '#engine/cluster/laws/report';

interface LawWords {
  readonly name: string;
  readonly text: string;
}

const law: Readonly<Record<LawName, LawWords>> = {
  'one-leader': { name: 'One leader', text: 'In a term of Raft at most one member of etcd leads.' },
  'nothing-lost': { name: 'Nothing lost', text: 'What etcd has committed, whoever leads still knows.' },
  'bound-once': { name: 'Bound once', text: 'A pod that is bound to a node stays bound to it.' },
  'one-of-a-name': { name: 'One of a name', text: 'Nowhere do two pods of one name run at once.' },
  allocatable: { name: 'Room enough', text: 'What runs on a node asks for no more than the node has to give.' },
  budgets: { name: 'Budgets kept', text: 'No healthy pod is evicted by the API without the leave of its budgets.' },
  'one-address': { name: 'Own address', text: 'No two Services have one address.' },
  agreement: { name: 'Agreement', text: 'Ten minutes after the last fault, what the API says runs is what runs.' },
};

export const enLaws = {
  title: 'Laws of the cluster',
  close: 'Put the lamps away',
  kept: 'holds',
  broken: 'broken',
  since: (clock: string) => `Looked at after every step since ${clock}.`,
  moment: (clock: string) => `Go to ${clock}`,
  asking: 'Looking …',
  law,
  find: 'Find a seed that breaks one',
  stop: 'Stop searching',
  findHint: 'Plays what was done here again with other seeds, in the background.',
  chance: 'with faults of chance',
  searching: (seed: number) => `seed ${seed} …`,
  none: (seeds: number) => `${seeds} seeds, and every law held.`,
  found: (seed: number, name: string, clock: string) => `Seed ${seed} breaks “${name}” at ${clock}.`,
  open: 'Open that run',
};
