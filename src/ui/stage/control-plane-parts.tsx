/** The four components of a control plane that is alone, each with the figures that show its work. */
import { memo } from 'react';
import { perSecond } from '../state/activity';
import { useUi } from '../state/store';
import { formatBytes } from '../text/virtual-time';
import { useText } from '../text/text';
import {
  ApiServerBox,
  type BoxProps,
  ControllersBox,
  EtcdBox,
  SchedulerBox,
  WaitingChips,
} from './control-plane-boxes';
import { figure } from './process-part';
import { oneDecimal } from './rate';

const TRAY_CHIPS = 14;

const Figure = memo(function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
});

export const EtcdPart = memo(function EtcdPart({ machine }: BoxProps) {
  const text = useText();
  return (
    <EtcdBox machine={machine} className="part-etcd">
      {({ etcd, raft }) => (
        <>
          <dl className="figures">
            <Figure name={text.parts.revision} value={String(figure(etcd, 'revision'))} />
            <Figure name={text.parts.logIndex} value={String(raft.lastIndex)} />
            <Figure name={text.parts.commitIndex} value={String(raft.commitIndex)} />
          </dl>
          <p className="part-line">{text.parts.etcdKeys(figure(etcd, 'keys'), formatBytes(figure(etcd, 'dbBytes')))}</p>
        </>
      )}
    </EtcdBox>
  );
});

export const ApiServerPart = memo(function ApiServerPart({ machine }: BoxProps) {
  const text = useText();
  const renewals = useUi((state) => oneDecimal(perSecond(state.mirror.activity.recentRenewals, state.mirror.now)));
  const last = useUi((state) => state.mirror.lastWrite);
  return (
    <ApiServerBox machine={machine} className="part-api-server">
      {({ watches, writes }) => (
        <>
          <dl className="figures">
            <Figure name={text.parts.watches} value={String(watches)} />
            <Figure name={text.parts.writesPerSecond} value={writes} />
            <Figure name={text.parts.renewalsPerSecond} value={renewals} />
          </dl>
          <p className="part-line part-last-write" title={last ? text.parts.write(last) : undefined}>
            {last ? text.parts.write(last) : text.parts.noWriteYet}
          </p>
        </>
      )}
    </ApiServerBox>
  );
});

export const SchedulerPart = memo(function SchedulerPart({ machine }: BoxProps) {
  return (
    <SchedulerBox machine={machine} className="part-scheduler" isWide>
      {({ scheduler, queues }) => (
        <>
          <WaitingChips most={TRAY_CHIPS} className="tray" />
          {scheduler?.state === 'down' ? null : <p className="part-line">{queues}</p>}
        </>
      )}
    </SchedulerBox>
  );
});

const QUEUES_SHOWN = 2;

export const ControllersPart = memo(function ControllersPart({ machine }: BoxProps) {
  const text = useText();
  return (
    <ControllersBox machine={machine} className="part-controllers" title={text.parts.controllerManager} isAnchor>
      {({ busy, idle }) => (
        <>
          <ul className="queue-list">
            {busy.slice(0, QUEUES_SHOWN).map(({ name, length }) => (
              <li key={name}>
                <span className="queue-name">{name}</span>
                <span className="queue-length">{length}</span>
              </li>
            ))}
          </ul>
          <p className="part-line">{text.parts.idleLoops(idle + Math.max(0, busy.length - QUEUES_SHOWN))}</p>
        </>
      )}
    </ControllersBox>
  );
});
