/** Builders for the tests of this folder: what matters is given, the rest is usual. */
import type { ClaimEntry, OwnerEntry, ServiceEntry, Structure } from '#engine/cluster/structure';
import type { PodRecord, WorkloadRecord } from '#engine/cluster/records';
import { pod } from '../testing/builders';
import type { Facts, Group } from './groups';

export const owner = (kind: string, name: string, given: Partial<OwnerEntry> = {}): OwnerEntry => ({
  uid: `${kind}/${name}`,
  kind,
  namespace: 'default',
  name,
  createdAt: 0,
  owner: null,
  desired: null,
  ready: null,
  ...given,
});

/** A pod that an owner made. */
export const podOf = (maker: OwnerEntry, name: string, given: Partial<PodRecord> = {}): PodRecord =>
  pod(name, { owner: { kind: maker.kind, name: maker.name, uid: maker.uid }, namespace: maker.namespace, ...given });

export const claim = (name: string, given: Partial<ClaimEntry> = {}): ClaimEntry => ({
  uid: `claim/${name}`,
  namespace: 'default',
  name,
  phase: 'Bound',
  volume: { name: `pv-${name}`, phase: 'Bound' },
  statefulSet: null,
  pods: [],
  believed: [],
  mounted: [],
  ...given,
});

export const service = (name: string, given: Partial<ServiceEntry> = {}): ServiceEntry => ({
  uid: `service/${name}`,
  namespace: 'default',
  name,
  type: 'ClusterIP',
  createdAt: 0,
  clusterIP: '10.96.0.9',
  ports: ['80/TCP'],
  ready: [],
  notReady: [],
  addresses: [],
  ...given,
});

export const facts = (
  pods: readonly PodRecord[],
  structure: Partial<Structure> = {},
  workloads: readonly WorkloadRecord[] = [],
): Facts => ({
  pods,
  workloads: new Map(workloads.map((one) => [one.uid, one])),
  structure: { owners: [], claims: [], services: [], ingresses: [], ...structure },
});

/** Groups as a person reads them: a line for each namespace, card and line of a card. */
export const told = (groups: readonly Group[]): readonly string[] =>
  groups.flatMap(({ namespace, cards }) => [
    `# ${namespace}`,
    ...cards.flatMap(({ subject, word, count, lines, routes }) => [
      [subject ? `${subject.kind} ${subject.name}` : `(${word})`, count ? `${count.ready}/${count.desired}` : '']
        .filter(Boolean)
        .join(' '),
      ...routes.map(({ ingress, from }) => `  from ${ingress.name} ${from}`),
      ...lines.map((line) =>
        [
          ' ',
          line.subject ? `${line.subject.kind} ${line.subject.name}` : line.word ? `(${line.word})` : '·',
          line.count ? `${line.count.ready}/${line.count.desired}` : '',
          line.pods.map((uid) => uid.slice(uid.indexOf('/') + 1)).join(' '),
          line.more > 0 ? `+${line.more}` : '',
          line.claims.map(({ name, volume }) => `[${name} ${volume?.name ?? '-'}]`).join(''),
        ]
          .filter(Boolean)
          .join(' '),
      ),
    ]),
  ]);
