/** The components of one of several control planes: a line each, and the etcd member with its log. */
import { memo } from 'react';
import type { ProcessRecord } from '#engine/cluster/records';
import { ChipGroup } from '../chips/chip-group';
import { PodChip } from '../chips/pod-chip';
import { perSecond } from '../state/activity';
import { podsOn, UNSCHEDULED } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { figure, ProcessPart, selectProcess } from './process-part';
import { busiestQueues } from './queues';
import { isCandidate, LogTail, machineOf, Peers } from './raft-view';
import { oneDecimal } from './rate';

interface RowProps {
  readonly machine: string;
}

const CHIPS = 5;

export const EtcdRow = memo(function EtcdRow({ machine }: RowProps) {
  const text = useText();
  const raft = useUi(selectProcess(machine, 'etcd'))?.raft ?? null;
  return (
    <ProcessPart
      machine={machine}
      process="etcd"
      title={text.parts.etcd}
      note={raft && `${text.parts.role[raft.role]} · ${text.parts.term(raft.term)}`}
      className="part-member"
      role={raft?.role}
    >
      {raft ? (
        <>
          <LogTail raft={raft} />
          <p className="part-line part-index">{text.parts.logTo(raft.lastIndex)}</p>
          <Peers raft={raft} />
          {isCandidate(raft) ? null : (
            <p className="part-line part-index">{text.parts.committedTo(raft.commitIndex)}</p>
          )}
        </>
      ) : null}
    </ProcessPart>
  );
});

export const ApiServerRow = memo(function ApiServerRow({ machine }: RowProps) {
  const text = useText();
  const server = useUi(selectProcess(machine, 'kube-apiserver'));
  const writes = useUi((state) => oneDecimal(perSecond(state.mirror.activity.recentWrites, state.mirror.now)));
  return (
    <ProcessPart
      machine={machine}
      process="kube-apiserver"
      title={text.parts.apiServer}
      className="part-row"
      anchor="api-server"
    >
      <p className="part-line" title={text.parts.writesAt(writes)}>
        {text.parts.work(figure(server, 'watchesOpen'), writes)}
      </p>
    </ProcessPart>
  );
});

/** Through whose API server it works, where that is not its own machine's. */
function useElsewhere(process: ProcessRecord | undefined, machine: string): string {
  const text = useText();
  const server = process?.connection?.server;
  if (server === undefined || machineOf(server) === machine) return '';
  return ` · ${text.parts.by(machineOf(server))}`;
}

export const SchedulerRow = memo(function SchedulerRow({ machine }: RowProps) {
  const text = useText();
  const scheduler = useUi(selectProcess(machine, 'kube-scheduler'));
  const leads = scheduler?.election?.phase === 'leading';
  const waiting = useUi((state) => podsOn(state.mirror, UNSCHEDULED));
  const elsewhere = useElsewhere(scheduler, machine);
  const figures = [
    figure(scheduler, 'active'),
    figure(scheduler, 'backoff'),
    figure(scheduler, 'unschedulable'),
  ] as const;
  return (
    <ProcessPart
      machine={machine}
      process="kube-scheduler"
      title={text.parts.scheduler}
      className="part-row"
      {...(leads ? { anchor: 'scheduler' } : {})}
    >
      <p className="part-line">
        {leads ? text.parts.queues(...figures) : text.parts.waitsFor(scheduler?.election?.holder ?? null)}
        {elsewhere}
      </p>
      {leads && waiting.length > 0 ? (
        <ChipGroup label={text.parts.waitingPods(waiting.length)} className="row-tray">
          {waiting.slice(0, CHIPS).map((pod, index) => (
            <PodChip key={pod.uid} pod={pod} real tabbable={index === 0} />
          ))}
        </ChipGroup>
      ) : null}
      {leads ? <LeaseMark /> : null}
    </ProcessPart>
  );
});

export const ControllersRow = memo(function ControllersRow({ machine }: RowProps) {
  const text = useText();
  const manager = useUi(selectProcess(machine, 'kube-controller-manager'));
  const leads = manager?.election?.phase === 'leading';
  const elsewhere = useElsewhere(manager, machine);
  const queues = busiestQueues(manager?.facts ?? {});
  const [busiest] = queues;
  const words =
    busiest && busiest.length > 0
      ? `${busiest.name} ${busiest.length}`
      : text.parts.idleLoops(queues.filter(({ length }) => length === 0).length);
  return (
    <ProcessPart
      machine={machine}
      process="kube-controller-manager"
      title={text.parts.controllers}
      className="part-row"
      {...(leads ? { anchor: 'controllers' } : {})}
    >
      <p className="part-line">
        {leads ? words : text.parts.waitsFor(manager?.election?.holder ?? null)}
        {elsewhere}
      </p>
      {leads ? <LeaseMark /> : null}
    </ProcessPart>
  );
});

/** Who holds a Lease says so at the end of its line. */
function LeaseMark() {
  const text = useText();
  return <span className="lease-mark">{text.parts.leads}</span>;
}
