/** The four components of a control plane, each with the figures that show its work. */
import { memo } from 'react';
import { ChipGroup } from '../chips/chip-group';
import { PodChip } from '../chips/pod-chip';
import { perSecond } from '../state/activity';
import { podsOn, UNSCHEDULED } from '../state/mirror';
import { useUi } from '../state/store';
import { formatBytes } from '../text/virtual-time';
import { useText } from '../text/text';
import { busiestQueues } from './queues';
import { figure, ProcessPart, selectProcess } from './process-part';
import { oneDecimal } from './rate';

interface PartProps {
  readonly machine: string;
}

const TRAY_CHIPS = 14;

const Figure = memo(function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
});

export const EtcdPart = memo(function EtcdPart({ machine }: PartProps) {
  const text = useText();
  const etcd = useUi(selectProcess(machine, 'etcd'));
  const raft = etcd?.raft ?? null;
  return (
    <ProcessPart
      machine={machine}
      process="etcd"
      title={text.parts.etcd}
      note={raft && `${text.parts.role[raft.role]} · ${text.parts.term(raft.term)}`}
      className="part-etcd"
      role={raft?.role}
    >
      <dl className="figures">
        <Figure name={text.parts.revision} value={String(figure(etcd, 'revision'))} />
        <Figure name={text.parts.logIndex} value={String(raft?.lastIndex ?? 0)} />
        <Figure name={text.parts.commitIndex} value={String(raft?.commitIndex ?? 0)} />
      </dl>
      <p className="part-line">{text.parts.etcdKeys(figure(etcd, 'keys'), formatBytes(figure(etcd, 'dbBytes')))}</p>
    </ProcessPart>
  );
});

export const ApiServerPart = memo(function ApiServerPart({ machine }: PartProps) {
  const text = useText();
  const apiServer = useUi(selectProcess(machine, 'kube-apiserver'));
  const writes = useUi((state) => oneDecimal(perSecond(state.mirror.activity.recentWrites, state.mirror.now)));
  const renewals = useUi((state) => oneDecimal(perSecond(state.mirror.activity.recentRenewals, state.mirror.now)));
  const last = useUi((state) => state.mirror.lastWrite);
  return (
    <ProcessPart
      machine={machine}
      process="kube-apiserver"
      title={text.parts.apiServer}
      className="part-api-server"
      anchor="api-server"
    >
      <dl className="figures">
        <Figure name={text.parts.watches} value={String(figure(apiServer, 'watchesOpen'))} />
        <Figure name={text.parts.writesPerSecond} value={writes} />
        <Figure name={text.parts.renewalsPerSecond} value={renewals} />
      </dl>
      <p className="part-line part-last-write" title={last ? text.parts.write(last) : undefined}>
        {last ? text.parts.write(last) : text.parts.noWriteYet}
      </p>
    </ProcessPart>
  );
});

export const SchedulerPart = memo(function SchedulerPart({ machine }: PartProps) {
  const text = useText();
  const scheduler = useUi(selectProcess(machine, 'kube-scheduler'));
  const waiting = useUi((state) => podsOn(state.mirror, UNSCHEDULED));
  const shown = waiting.slice(0, TRAY_CHIPS);
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
      note={waiting.length === 0 ? null : text.parts.podsWait(waiting.length)}
      className="part-scheduler"
      anchor="scheduler"
      always
    >
      <ChipGroup label={text.parts.waitingPods(waiting.length)} className="tray">
        {shown.map((pod, index) => (
          <PodChip key={pod.uid} pod={pod} real tabbable={index === 0} />
        ))}
        {waiting.length === 0 ? <span className="part-line">{text.parts.nothingWaits}</span> : null}
      </ChipGroup>
      {scheduler?.state === 'down' ? null : <p className="part-line">{text.parts.queues(...figures)}</p>}
    </ProcessPart>
  );
});

const QUEUES_SHOWN = 2;

export const ControllersPart = memo(function ControllersPart({ machine }: PartProps) {
  const text = useText();
  const manager = useUi(selectProcess(machine, 'kube-controller-manager'));
  const queues = busiestQueues(manager?.facts ?? {});
  const busy = queues.filter(({ length }) => length > 0).slice(0, QUEUES_SHOWN);
  return (
    <ProcessPart
      machine={machine}
      process="kube-controller-manager"
      title={text.parts.controllerManager}
      className="part-controllers"
      anchor="controllers"
    >
      <ul className="queue-list">
        {busy.map(({ name, length }) => (
          <li key={name}>
            <span className="queue-name">{name}</span>
            <span className="queue-length">{length}</span>
          </li>
        ))}
      </ul>
      <p className="part-line">{text.parts.idleLoops(queues.length - busy.length)}</p>
    </ProcessPart>
  );
});
