/** A component of the control plane as a box: it can be selected, and a light in it flickers as it handles messages. */
import { memo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { ProcessRecord, RaftRecord } from '#engine/cluster/records';
import { firstToEnd } from '../chips/countdown';
import { CountdownRing } from '../chips/countdown-ring';
import { countdownsOf } from '../state/mirror';
import { useUi, useUiStore, type UiState } from '../state/store';
import { useText } from '../text/text';

/** A process of a machine, by name. */
export const selectProcess =
  (machine: string, name: string) =>
  (state: UiState): ProcessRecord | undefined =>
    state.mirror.machines.get(machine)?.processes.find((process) => process.name === name);

/** A figure of a component; 0 where it tells none. */
export function figure(process: ProcessRecord | undefined, fact: string): number {
  const value = process?.facts[fact];
  return typeof value === 'number' ? value : 0;
}

interface ProcessPartProps {
  readonly machine: string;
  readonly process: string;
  readonly title: string;
  /** A few words beside the title. */
  readonly note?: string | null;
  readonly className: string;
  readonly anchor?: string;
  /** An etcd member's part in its group. */
  readonly role?: RaftRecord['role'] | undefined;
  /** Has something to show also while the process is down. */
  readonly always?: boolean;
  readonly children: ReactNode;
}

/** Flickers when the number of handled messages has grown. */
const BusyLight = memo(function BusyLight({ handled }: { handled: number }) {
  return <span key={handled} className="busy-light" aria-hidden="true" />;
});

export function ProcessPart(props: ProcessPartProps) {
  const { machine, process, title, note, className, anchor, role, always = false, children } = props;
  const text = useText();
  const store = useUiStore();
  const id = `${machine}/${process}`;
  const record = useUi(selectProcess(machine, process));
  const selected = useUi((state) => state.selectedKey === `Process//${id}`);
  const state = record?.state ?? 'down';
  const clock = useUi((now) => firstToEnd(countdownsOf(now.mirror, `Process//${id}`)));
  const sentence = useUi((now) => (clock ? text.countdown(clock, now.mirror.now) : undefined));

  const select = (event: MouseEvent | KeyboardEvent): void => {
    event.stopPropagation();
    store.getState().select({ kind: 'Process', namespace: '', name: id });
  };

  return (
    <section
      role="group"
      className={`part ${className}`}
      data-kind="Process"
      data-name={id}
      data-namespace=""
      data-state={state}
      data-selected={selected}
      data-anchor={anchor}
      data-role={role}
      aria-label={text.process.label(id, text.process.state[state])}
      title={sentence}
      tabIndex={0}
      onClick={(event) => {
        if (!(event.target instanceof Element && event.target.closest('button'))) select(event);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) select(event);
      }}
    >
      <h4>
        <span className="part-title">{title}</span>
        {state === 'running' ? (
          <BusyLight handled={record?.handled ?? 0} />
        ) : (
          <span className="part-state">{text.process.state[state]}</span>
        )}
        {clock ? (
          <span className="part-clock">
            <CountdownRing countdown={clock} around="figure" />
          </span>
        ) : null}
        {note ? <span className="part-note">{note}</span> : null}
      </h4>
      {state === 'down' && !always ? null : children}
    </section>
  );
}
