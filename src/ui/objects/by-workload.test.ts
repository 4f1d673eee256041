import { describe, expect, it } from 'vitest';
import { pod, workload } from '../testing/builders';
import { byWorkload } from './by-workload';
import { claim, facts, owner, podOf, told } from './testing-facts';

const web = owner('Deployment', 'web', { desired: 3, ready: 2 });
const newer = owner('ReplicaSet', 'web-2', { owner: web.uid, desired: 3, ready: 1, createdAt: 2 });
const older = owner('ReplicaSet', 'web-1', { owner: web.uid, desired: 1, ready: 1, createdAt: 1 });
const empty = owner('ReplicaSet', 'web-0', { owner: web.uid, desired: 0, ready: 0 });

describe('the stage by workload', () => {
  it('shows a rollout: the Deployment, its ReplicaSets with pods by age, none of those that are over', () => {
    const pods = [podOf(newer, 'c', { createdAt: 9 }), podOf(newer, 'b', { createdAt: 8 }), podOf(older, 'a')];
    expect(told(byWorkload(facts(pods, { owners: [web, newer, older, empty] })))).toEqual([
      '# default',
      'Deployment web 2/3',
      '  ReplicaSet web-1 1/1 a',
      '  ReplicaSet web-2 1/3 b c',
    ]);
  });

  it('takes Deployments and ReplicaSets as the frames tell of them, newer than what the engine answered', () => {
    const now = workload('web', { uid: web.uid, desired: 5, ready: 4 });
    expect(told(byWorkload(facts([], { owners: [web] }, [now])))).toContain('Deployment web 4/5');
  });

  it('lines up the pods of a StatefulSet by ordinal, each with its claim and volume, and claims that wait for their pod', () => {
    const db = owner('StatefulSet', 'db', { desired: 2, ready: 2 });
    const pods = [podOf(db, 'db-10'), podOf(db, 'db-2')];
    const claims = [
      claim('data-db-2', { statefulSet: db.uid, pods: ['default/db-2'] }),
      claim('data-db-10', { statefulSet: db.uid, pods: ['default/db-10'], volume: null }),
      claim('data-db-11', { statefulSet: db.uid }),
    ];
    expect(told(byWorkload(facts(pods, { owners: [db], claims })))).toEqual([
      '# default',
      'StatefulSet db 2/2',
      '  Pod db-2 db-2 [data-db-2 pv-data-db-2]',
      '  Pod db-10 db-10 [data-db-10 -]',
      '  (claims) [data-db-11 pv-data-db-11]',
    ]);
  });

  it('follows owners of any kind to the topmost, and knows one of which only a pod has told', () => {
    const shop = owner('Shop', 'corner', { createdAt: 1 });
    const set = owner('StatefulSet', 'corner-db', { owner: shop.uid, desired: 1, ready: 1 });
    const cron = owner('CronJob', 'tick', { createdAt: 2 });
    const job = owner('Job', 'tick-1', { owner: cron.uid, desired: 1, ready: 0 });
    const unknown = owner('Game', 'new');
    const pods = [podOf(set, 'corner-db-0'), podOf(job, 'tick-1-x'), podOf(unknown, 'g', { createdAt: 3 })];
    expect(told(byWorkload(facts(pods, { owners: [shop, set, cron, job] })))).toEqual([
      '# default',
      'Shop corner',
      '  StatefulSet corner-db 1/1 corner-db-0',
      'CronJob tick',
      '  Job tick-1 0/1 tick-1-x',
      'Game new',
      '  · g',
    ]);
  });

  it('puts the static pods of all Nodes onto one card, bare pods onto another, and claims that nobody uses last', () => {
    const [one, two] = [owner('Node', 'cp-1', { namespace: '' }), owner('Node', 'cp-2', { namespace: '' })];
    const pods = [
      podOf(one, 'etcd-1', { namespace: 'kube-system' }),
      podOf(two, 'etcd-2', { namespace: 'kube-system' }),
      pod('alone'),
    ];
    const claims = [claim('mine', { pods: ['default/alone'] }), claim('free')];
    expect(told(byWorkload(facts(pods, { owners: [one, two], claims })))).toEqual([
      '# default',
      '(bare)',
      '  · alone',
      '  (claims) [mine pv-mine]',
      '(claims)',
      '  (claims) [free pv-free]',
      '# kube-system',
      '(static)',
      '  Node cp-1 etcd-1',
      '  Node cp-2 etcd-2',
    ]);
  });

  it('does not follow a circle of owners for ever', () => {
    const a = owner('A', 'a', { owner: 'B/b' });
    const b = owner('B', 'b', { owner: 'A/a' });
    expect(told(byWorkload(facts([podOf(a, 'p')], { owners: [a, b] }))).join()).toContain('p');
  });

  it('draws 150 pods of 1,000: those that are unwell, then the oldest; and says how many more there are', () => {
    const pods = Array.from({ length: 1_000 }, (_, at) =>
      podOf(web, `p-${at}`, { createdAt: at, ready: at !== 900, status: at === 900 ? 'CrashLoopBackOff' : 'Running' }),
    );
    const [line] = byWorkload(facts(pods, { owners: [web] }))[0]!.cards[0]!.lines;
    expect(line!.pods).toHaveLength(150);
    expect(line!.more).toBe(850);
    expect(line!.pods.at(-1)).toBe('default/p-900');
    expect(line!.pods[148]).toBe('default/p-148');
  });
});
