/** The library at the left of the stage: apps, faults and clusters to drag onto the stage, and the faults in force. */
import { X } from 'lucide-react';
import { sampleApps } from '#scenarios/apps/sample-apps';
import { startingClusters } from '#scenarios/starting-clusters';
import type { FaultRecord } from '#engine/cluster/records';
import { CommandButton } from '../shell/command-button';
import { kubectl } from '../state/kubectl-command';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { addressOf, bring, deploy } from './actions';
import { FAULTS, placeOf, type FaultKind, type FaultTarget } from './faults';
import { useDragToStage } from './use-drag-to-stage';
import { useHands } from './use-hands';

/** What on the stage a thing of the library may be dropped on. */
const DROP_ON: Readonly<Record<FaultTarget | 'App', string>> = {
  App: '.stage',
  Machine: '.stage [data-kind="Machine"]',
  Pod: '.stage [data-kind="Pod"]',
  Process: '.stage [data-kind="Process"]',
  Rack: '.stage [data-kind="Rack"]',
  Place: '.stage :is([data-kind="Machine"], [data-kind="Rack"], [data-kind="Zone"])',
  Zone: '.stage [data-kind="Zone"]',
  Cluster: '.stage',
};

/** A pod's name is not its own alone. */
function nameOf(element: Element): string {
  const name = element.getAttribute('data-name') ?? '';
  return element.getAttribute('data-kind') === 'Pod' ? `${element.getAttribute('data-namespace')}/${name}` : name;
}

interface CardProps {
  readonly title: string;
  readonly note: string;
  readonly on: FaultTarget | 'App';
  readonly onEnter: () => void;
  readonly onDrop: (name: string) => void;
  /** The kubectl that does the same; absent: none does. */
  readonly command?: () => string;
}

function Card({ title, note, on, onEnter, onDrop, command }: CardProps) {
  const { words } = useHands();
  const drag = useDragToStage(title, DROP_ON[on], (element) => onDrop(nameOf(element)));
  return (
    <li>
      <button
        type="button"
        className="library-card"
        title={words.dropOn[on]}
        onPointerDown={drag.onPointerDown}
        onPointerMove={drag.onPointerMove}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={drag.onPointerCancel}
        onClick={() => {
          if (!drag.justDragged()) onEnter();
        }}
      >
        <span>{title}</span>
        <span className="quiet">{note}</span>
      </button>
      {command ? <CommandButton command={command} /> : null}
      {drag.ghost}
    </li>
  );
}

function FaultCard({ kind }: { kind: FaultKind }) {
  const hands = useHands();
  const { title, does } = hands.words.fault[kind.key];
  const choose = (): void => hands.store.getState().setPalette({ fault: kind.key });
  return (
    <Card
      title={title}
      note={does}
      on={kind.target}
      onEnter={kind.target === 'Cluster' ? () => bring(hands, kind, '') : choose}
      onDrop={(name) => bring(hands, kind, kind.target === 'Cluster' ? '' : name)}
    />
  );
}

/** The words of a fault in force; those that the palette does not offer by their type. */
function InForce({ record: { id, fault } }: { record: FaultRecord }) {
  const { words, commands } = useHands();
  const text = useText();
  const key = FAULTS.find((kind) => kind.key === fault.type)?.key;
  const title = key ? words.fault[key].title : text.faultName[fault.type];
  const target = placeOf(fault);
  return (
    <li className="fault-in-force">
      <span>{title}</span>
      <span className="quiet">{target}</span>
      <button
        type="button"
        className="toggle-pill"
        aria-label={words.healNamed(title, target)}
        onClick={() => commands.heal([id])}
      >
        {words.heal}
      </button>
    </li>
  );
}

export function LibraryPanel() {
  const text = useText();
  const hands = useHands();
  const { words, store } = hands;
  const faults = useUi((state) => state.mirror.faults);
  return (
    <section className="library" role="dialog" aria-label={words.name}>
      <header>
        <h2>{words.name}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={words.close}
          onClick={() => store.getState().setLibraryOpen(false)}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </header>
      <div className="library-body" tabIndex={0} role="group" aria-label={words.hint}>
        <p className="quiet">{words.hint}</p>
        {faults.length > 0 ? (
          <>
            <h3>{words.inForce}</h3>
            <ul>
              {faults.map((record) => (
                <InForce key={record.id} record={record} />
              ))}
            </ul>
          </>
        ) : null}
        <h3>{words.apps}</h3>
        <ul className="library-grid">
          {sampleApps.map(({ name, manifest }) => {
            const { title, shows } = text.samples[name];
            const run = (): void => void deploy(hands, { title, manifest });
            const command = (): string => kubectl.apply(manifest);
            return <Card key={name} title={title} note={shows} on="App" onEnter={run} onDrop={run} command={command} />;
          })}
        </ul>
        <h3>{words.faults}</h3>
        <ul className="library-grid">
          {FAULTS.map((kind) => (
            <FaultCard key={kind.key} kind={kind} />
          ))}
        </ul>
        <h3>{words.clusters}</h3>
        <ul>
          {startingClusters.map(({ name, title }) => (
            <li key={name}>
              <a className="library-link" href={addressOf(name, hands)}>
                {words.cluster(name) ?? title}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
