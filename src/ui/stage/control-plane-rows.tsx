/** The components of one of several control planes: a line each, and the etcd member with its log. */
import { memo } from 'react';
import type { ProcessRecord } from '#engine/cluster/records';
import { useText } from '../text/text';
import {
  ApiServerBox,
  type BoxProps,
  ControllersBox,
  EtcdBox,
  SchedulerBox,
  WaitingChips,
} from './control-plane-boxes';
import { isCandidate, LogTail, machineOf, Peers } from './raft-view';

const CHIPS = 5;

export const EtcdRow = memo(function EtcdRow({ machine }: BoxProps) {
  const text = useText();
  return (
    <EtcdBox machine={machine} className="part-member">
      {({ raft }) => (
        <>
          <LogTail raft={raft} />
          <p className="part-line part-index">{text.parts.logTo(raft.lastIndex)}</p>
          <Peers raft={raft} />
          {isCandidate(raft) ? null : (
            <p className="part-line part-index">{text.parts.committedTo(raft.commitIndex)}</p>
          )}
        </>
      )}
    </EtcdBox>
  );
});

export const ApiServerRow = memo(function ApiServerRow({ machine }: BoxProps) {
  const text = useText();
  return (
    <ApiServerBox machine={machine} className="part-row">
      {({ watches, writes }) => (
        <p className="part-line" title={text.parts.writesAt(writes)}>
          {text.parts.work(watches, writes)}
        </p>
      )}
    </ApiServerBox>
  );
});

interface TurnProps extends BoxProps {
  readonly process: ProcessRecord | undefined;
  /** What it does while it holds its Lease. */
  readonly work: string;
  readonly chips?: number;
}

/** What one does that works only while it holds a Lease: its work, or who holds the Lease; and through whose API server. */
function Turn({ machine, process, work, chips = 0 }: TurnProps) {
  const text = useText();
  const leads = process?.election?.phase === 'leading';
  const server = process?.connection?.server;
  const isElsewhere = server !== undefined && machineOf(server) !== machine;
  return (
    <>
      <p className="part-line">
        {leads ? work : text.parts.waitsFor(process?.election?.holder ?? null)}
        {isElsewhere ? ` · ${text.parts.by(machineOf(server))}` : ''}
      </p>
      {leads && chips > 0 ? <WaitingChips most={CHIPS} className="row-tray" /> : null}
      {leads ? <span className="lease-mark">{text.parts.leads}</span> : null}
    </>
  );
}

export const SchedulerRow = memo(function SchedulerRow({ machine }: BoxProps) {
  return (
    <SchedulerBox machine={machine} className="part-row">
      {({ scheduler, queues, waiting }) => <Turn machine={machine} process={scheduler} work={queues} chips={waiting} />}
    </SchedulerBox>
  );
});

export const ControllersRow = memo(function ControllersRow({ machine }: BoxProps) {
  const text = useText();
  return (
    <ControllersBox machine={machine} className="part-row" title={text.parts.controllers}>
      {({ manager, busy: [busiest], idle }) => (
        <Turn
          machine={machine}
          process={manager}
          work={busiest ? `${busiest.name} ${busiest.length}` : text.parts.idleLoops(idle)}
        />
      )}
    </ControllersBox>
  );
});
