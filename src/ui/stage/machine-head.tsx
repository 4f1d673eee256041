/** The head of every machine: its light, its name, what is true of it and what the API believes, its menu. */
import { EllipsisVertical, Power } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CountdownRecord, MachineRecord, NodeRecord } from '#engine/cluster/records';
import { firstToEnd, secondsLeft } from '../chips/countdown';
import { CountdownRing } from '../chips/countdown-ring';
import { useCommands } from '../state/commands';
import { marksOf } from '../state/machine-faults';
import { countdownsOf, type Mirror } from '../state/mirror';
import { useUi } from '../state/store';
import { formatBytes, formatCpu } from '../text/virtual-time';
import { useText } from '../text/text';
import { useMachineMenu } from './machine-menu-context';
import { requestedShare, type MachineStatus } from './machine-status';
import { Meter } from './meter';

/** The clock that runs against a machine, if any. */
export function machineCountdown(mirror: Mirror, name: string): CountdownRecord | undefined {
  return firstToEnd([...countdownsOf(mirror, `Node//${name}`), ...countdownsOf(mirror, `Machine//${name}`)]);
}

const Clock = memo(function Clock({ countdown }: { countdown: CountdownRecord }) {
  const text = useText();
  const left = useUi((state) => secondsLeft(countdown, state.mirror.now));
  const sentence = useUi((state) => text.countdown(countdown, state.mirror.now));
  return (
    <span className="machine-clock" role="img" aria-label={sentence} title={sentence}>
      <CountdownRing countdown={countdown} around="figure" />
      <span className="machine-clock-figure" aria-hidden="true">
        {left}
      </span>
    </span>
  );
});

/** What ends with it, where the head says all else that there is to say. */
function Sentence({ countdown }: { countdown: CountdownRecord }) {
  const text = useText();
  return useUi((state) => text.countdown(countdown, state.mirror.now));
}

/** As long as what the head has room for beside a name: `NotReady`. */
const SHORT = 9;

/** Truth and belief side by side need a line of their own. */
const needsOwnLine = ({ led, disagrees, words }: MachineStatus): boolean =>
  led === 'off' || disagrees || (led === 'warn' && words.length > SHORT);

/** What is true and what is believed, and the clock that runs: in the place of the bars, where there is something to say. */
export const MachineBelief = memo(function MachineBelief({ name, node, status }: Omit<MachineHeadProps, 'machine'>) {
  const countdown = useUi((state) => machineCountdown(state.mirror, name));
  if (!needsOwnLine(status) && !countdown) return <MachineMeters node={node} />;
  return (
    <p className="machine-belief" data-disagrees={status.disagrees}>
      <span className="machine-belief-words">
        {needsOwnLine(status) || !countdown ? status.words : <Sentence countdown={countdown} />}
      </span>
      {countdown ? <Clock countdown={countdown} /> : null}
    </p>
  );
});

/** What is wrong with the machine's disk, memory, network or clock. */
const FaultMark = memo(function FaultMark({ name }: { name: string }) {
  const text = useText();
  const [fault] = useUi(useShallow(marksOf(name)));
  return fault === undefined ? null : <span className="machine-disk">{text.faultName[fault]}</span>;
});

interface MachineHeadProps {
  readonly name: string;
  readonly machine: MachineRecord | undefined;
  readonly node: NodeRecord | undefined;
  readonly status: MachineStatus;
}

export const MachineHead = memo(function MachineHead({ name, machine, node, status }: MachineHeadProps) {
  const text = useText();
  const commands = useCommands();
  const openMenu = useMachineMenu();
  const apart = needsOwnLine(status);
  return (
    <header className="machine-head">
      <span className="led" data-led={status.led} aria-hidden="true" />
      <h3>{name}</h3>
      <span
        className="machine-words"
        data-long={status.words.length > 2 * SHORT}
        data-disagrees={status.disagrees}
        title={apart ? undefined : status.words}
      >
        {apart ? null : status.words.replace(',', ',\u200B')}
      </span>
      <FaultMark name={name} />
      {machine?.power === 'off' ? (
        <button
          type="button"
          className="icon-button nodrag power-on"
          aria-label={text.machine.powerOnNamed(name)}
          title={text.machine.powerOn}
          onClick={() => commands.powerOn(name)}
        >
          <Power size={14} strokeWidth={2.2} aria-hidden="true" />
        </button>
      ) : node?.podCIDR && !node.unschedulable && status.led === 'ok' ? (
        <span className="machine-cidr">{node.podCIDR}</span>
      ) : null}
      <button
        type="button"
        className="icon-button nodrag"
        aria-haspopup="menu"
        aria-label={text.machine.menu(name)}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          openMenu({ machine: name, x: box.left, y: box.bottom });
        }}
      >
        <EllipsisVertical size={14} strokeWidth={2.2} aria-hidden="true" />
      </button>
    </header>
  );
});

/** The bars for CPU and memory. */
export const MachineMeters = memo(function MachineMeters({ node }: { node: NodeRecord | undefined }) {
  const text = useText();
  const cpu = node ? `${formatCpu(node.requested.milliCpu)} / ${formatCpu(node.allocatable.milliCpu)}` : '–';
  const memory = node ? `${formatBytes(node.requested.memory)} / ${formatBytes(node.allocatable.memory)}` : '–';
  return (
    <div className="meters">
      <Meter label={text.machine.cpu} share={requestedShare(node, 'milliCpu')} words={text.machine.cpuRequested(cpu)} />
      <Meter
        label={text.machine.memory}
        share={requestedShare(node, 'memory')}
        words={text.machine.memoryRequested(memory)}
      />
    </div>
  );
});
