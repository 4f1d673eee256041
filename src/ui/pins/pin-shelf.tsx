/** A shelf at the edge of the stage: pinned things with their live state, whatever is selected or in view. */
import { X } from 'lucide-react';
import { memo } from 'react';
import type { Subject } from '#engine/cluster/records';
import { hueClass } from '../chips/hue';
import { podShape } from '../chips/pod-shape';
import { ShapeDrawing } from '../chips/shape-drawing';
import { machineStatus } from '../stage/machine-status';
import { findObject, subjectKey } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import { isReal } from '../state/truth';
import { enPins } from '../text/en-pins';
import { useText, useWords } from '../text/text';
import { zhPins } from '../text/zh-pins';
import '../theme/pins.css';
import { usePins } from './pin-board';

const WORDS = { en: enPins, zh: zhPins };

/** What is to be said of it now, in few words. */
function State({ pin }: { pin: Subject }) {
  const words = useWords(WORDS);
  const text = useText();
  const machine = useUi(({ mirror }) => (pin.kind === 'Machine' ? mirror.machines.get(pin.name) : undefined));
  const record = useUi(({ mirror }) => findObject(mirror, pin));
  const process = useUi(({ mirror }) =>
    pin.kind === 'Process'
      ? mirror.machines.get(pin.name.slice(0, pin.name.indexOf('/')))?.processes.find(({ id }) => id === pin.name)
          ?.state
      : undefined,
  );
  if (pin.kind === 'Machine') {
    const status = machineStatus(machine, record?.kind === 'Node' ? record : undefined, text);
    return <span data-troubled={status.led !== 'ok'}>{machine ? status.words : words.gone}</span>;
  }
  if (pin.kind === 'Process')
    return <span data-troubled={process !== 'running'}>{process ? text.process.state[process] : words.gone}</span>;
  if (!record) return <span>{pin.kind}</span>;
  switch (record.kind) {
    case 'Pod':
      return <PodState pin={pin} />;
    case 'Deployment':
    case 'ReplicaSet':
      return (
        <span data-troubled={record.ready < record.desired}>{text.workload.readyOf(record.ready, record.desired)}</span>
      );
    case 'Service':
      return (
        <span data-troubled={record.readyEndpoints === 0}>
          {text.workload.readyOf(record.readyEndpoints, record.endpoints)}
        </span>
      );
    default:
      return <span>{record.kind}</span>;
  }
}

const PodState = memo(function PodState({ pin }: { pin: Subject }) {
  const text = useText();
  const pod = useUi(({ mirror }) => {
    const record = findObject(mirror, pin);
    return record?.kind === 'Pod' ? record : null;
  });
  const real = useUi(({ mirror }) => pod === null || isReal(mirror, pod));
  const hue = useUi(({ mirror }) => (pod ? mirror.hues.get(pod.app) : undefined));
  if (!pod) return null;
  return (
    <>
      <span className={`pin-shape ${hueClass(pod.app, hue)}`}>
        <ShapeDrawing shape={podShape(pod, real)} fill={0.3} />
      </span>
      <span data-troubled={!pod.ready || !real}>{text.pod.statusLine(pod)}</span>
    </>
  );
});

export function PinShelf() {
  const words = useWords(WORDS);
  const store = useUiStore();
  const pins = usePins((board) => board.pins);
  const toggle = usePins((board) => board.toggle);
  if (pins.length === 0) return null;
  return (
    <ul className="pin-shelf" aria-label={words.name}>
      {pins.map((pin) => (
        <li key={subjectKey(pin)}>
          <button type="button" className="pin" title={pin.name} onClick={() => store.getState().select(pin)}>
            <strong>{pin.name}</strong>
            <span className="pin-state">
              <State pin={pin} />
            </span>
          </button>
          <button type="button" className="icon-button" aria-label={words.letGo(pin.name)} onClick={() => toggle(pin)}>
            <X size={12} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
