/** The components of a control plane as boxes: what one that is alone and one of several have in common. */
import type { ReactNode } from 'react';
import type { ProcessRecord, RaftRecord } from '#engine/cluster/records';
import { ChipGroup } from '../chips/chip-group';
import { PodChip } from '../chips/pod-chip';
import { perSecond } from '../state/activity';
import { podsOn, UNSCHEDULED } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { figure, ProcessPart, selectProcess } from './process-part';
import { busiestQueues, type QueueFigure } from './queues';
import { oneDecimal } from './rate';

export interface BoxProps {
  readonly machine: string;
}

interface Box<Facts> extends BoxProps {
  readonly className: string;
  readonly children: (facts: Facts) => ReactNode;
}

/** An etcd member; while it does not know its group, an empty box. */
export function EtcdBox({
  machine,
  className,
  children,
}: Box<{ readonly etcd: ProcessRecord; readonly raft: RaftRecord }>) {
  const text = useText();
  const etcd = useUi(selectProcess(machine, 'etcd'));
  const raft = etcd?.raft ?? null;
  return (
    <ProcessPart
      machine={machine}
      process="etcd"
      title={text.parts.etcd}
      note={raft && `${text.parts.role[raft.role]} · ${text.parts.term(raft.term)}`}
      className={className}
      role={raft?.role}
    >
      {etcd && raft ? children({ etcd, raft }) : null}
    </ProcessPart>
  );
}

export function ApiServerBox({
  machine,
  className,
  children,
}: Box<{ readonly watches: number; readonly writes: string }>) {
  const text = useText();
  const server = useUi(selectProcess(machine, 'kube-apiserver'));
  const writes = useUi((state) => oneDecimal(perSecond(state.mirror.activity.recentWrites, state.mirror.now)));
  return (
    <ProcessPart
      machine={machine}
      process="kube-apiserver"
      title={text.parts.apiServer}
      className={className}
      anchor="api-server"
    >
      {children({ watches: figure(server, 'watchesOpen'), writes })}
    </ProcessPart>
  );
}

interface SchedulerFacts {
  readonly scheduler: ProcessRecord | undefined;
  /** Its queues in words. */
  readonly queues: string;
  /** How many pods wait for a node. */
  readonly waiting: number;
}

/** @param isWide - it shows what waits also while its process is down, and how much */
export function SchedulerBox({
  machine,
  className,
  isWide = false,
  children,
}: Box<SchedulerFacts> & { readonly isWide?: boolean }) {
  const text = useText();
  const scheduler = useUi(selectProcess(machine, 'kube-scheduler'));
  const waiting = useUi((state) => podsOn(state.mirror, UNSCHEDULED).length);
  const queues = text.parts.queues(
    figure(scheduler, 'active'),
    figure(scheduler, 'backoff'),
    figure(scheduler, 'unschedulable'),
  );
  return (
    <ProcessPart
      machine={machine}
      process="kube-scheduler"
      title={text.parts.scheduler}
      note={isWide && waiting > 0 ? text.parts.podsWait(waiting) : null}
      className={className}
      {...(isWide || scheduler?.election?.phase === 'leading' ? { anchor: 'scheduler' } : {})}
      always={isWide}
    >
      {children({ scheduler, queues, waiting })}
    </ProcessPart>
  );
}

/** The first pods that wait for a node. */
export function WaitingChips({ most, className }: { readonly most: number; readonly className: string }) {
  const text = useText();
  const waiting = useUi((state) => podsOn(state.mirror, UNSCHEDULED));
  return (
    <ChipGroup label={text.parts.waitingPods(waiting.length)} className={className}>
      {waiting.slice(0, most).map((pod, index) => (
        <PodChip key={pod.uid} pod={pod} real tabbable={index === 0} />
      ))}
      {waiting.length === 0 ? <span className="part-line">{text.parts.nothingWaits}</span> : null}
    </ChipGroup>
  );
}

interface ControllersFacts {
  readonly manager: ProcessRecord | undefined;
  /** Queues that hold something, the longest first. */
  readonly busy: readonly QueueFigure[];
  readonly idle: number;
}

export function ControllersBox({
  machine,
  className,
  title,
  isAnchor,
  children,
}: Box<ControllersFacts> & { readonly title: string; readonly isAnchor?: boolean }) {
  const manager = useUi(selectProcess(machine, 'kube-controller-manager'));
  const queues = busiestQueues(manager?.facts ?? {});
  const busy = queues.filter(({ length }) => length > 0);
  return (
    <ProcessPart
      machine={machine}
      process="kube-controller-manager"
      title={title}
      className={className}
      {...((isAnchor ?? manager?.election?.phase === 'leading') ? { anchor: 'controllers' } : {})}
    >
      {children({ manager, busy, idle: queues.length - busy.length })}
    </ProcessPart>
  );
}
