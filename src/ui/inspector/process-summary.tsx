/** A process as it really is, with its own figures. */
import { Button } from '@mantine/core';
import { Suspense } from 'react';
import { lazy } from '../crash/lazy';
import type { RaftRecord } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useUi } from '../state/store';
import type { Catalogue } from '../text/en';
import { useText } from '../text/text';
import { Facts } from './facts';
import { isOfLoops, loopsOf } from './loops';
import { SubjectLink } from './subject-link';

const SchedulerAttempts = lazy(
  () => import('./scheduler-attempts'),
  ({ SchedulerAttempts }) => SchedulerAttempts,
);

const raftRows = (raft: RaftRecord, text: Catalogue): readonly (readonly [string, string | number])[] => [
  [text.process.role, text.parts.role[raft.role]],
  [text.process.term, raft.term],
  [text.process.leader, raft.leader ?? text.parts.noLeader],
  [text.process.lastIndex, raft.lastIndex],
  [text.process.persistedIndex, raft.persistedIndex],
  [text.process.commitIndex, raft.commitIndex],
  [text.process.appliedIndex, raft.appliedIndex],
  [text.process.voters, raft.voters.length],
];

export function ProcessSummary({ id }: { id: string }) {
  const text = useText();
  const commands = useCommands();
  const machineName = id.slice(0, id.indexOf('/'));
  const process = useUi((state) =>
    state.mirror.machines.get(machineName)?.processes.find((candidate) => candidate.id === id),
  );
  if (!process) return <p className="quiet">{text.inspector.gone}</p>;
  const { raft, connection, election } = process;
  const loops = loopsOf(process.facts);
  const isScheduler = process.name.startsWith('kube-scheduler');
  const standing: readonly (readonly [string, string | number])[] = [
    ...(raft ? raftRows(raft, text) : []),
    ...(connection ? [[text.process.server, connection.server] as const] : []),
    ...(election
      ? [
          [
            text.process.lease(election.lease),
            election.phase === 'leading' ? text.process.holds : text.process.heldBy(election.holder),
          ] as const,
        ]
      : []),
  ];
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{text.process.machine}</dt>
          <dd>
            <SubjectLink subject={{ kind: 'Machine', namespace: '', name: machineName }} />
          </dd>
        </div>
      </dl>
      <Facts
        rows={[
          [text.process.stateName, text.process.state[process.state]],
          [text.process.handled, process.handled],
          ...standing,
          ...Object.entries(process.facts)
            .filter(([name]) => !isScheduler && !isOfLoops(name))
            .map(([name, value]) => [name, String(value)] as const),
        ]}
      />
      {loops.length > 0 ? (
        <section aria-label={text.process.loops}>
          <h3>{text.process.loops}</h3>
          <Facts rows={loops.map((loop) => [loop.name, text.process.loop(loop.length, loop.plan)] as const)} />
        </section>
      ) : null}
      {isScheduler ? (
        <Suspense>
          <SchedulerAttempts id={id} />
        </Suspense>
      ) : null}
      {process.state === 'running' ? (
        <Button size="xs" variant="default" className="destroys" onClick={() => commands.killProcess(id)}>
          {text.process.kill}
        </Button>
      ) : null}
    </>
  );
}
