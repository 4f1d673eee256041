/** The frame of every machine on the stage: how tools find it, what it answers to, and what its look depends on. */
import { memo, type CSSProperties, type ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { MachineRecord, NodeRecord } from '#engine/cluster/records';
import { marksOf } from '../state/machine-faults';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import type { ChipSize } from './layout';
import { machineStatus, type MachineStatus } from './machine-status';
import { useMachineHands } from './use-machine-hands';

type ChipVariables = CSSProperties & Record<'--chip-size' | '--chip-gap', string>;

/** What a machine's card shows, handed to whoever fills it. */
export interface MachineFacts {
  readonly name: string;
  readonly machine: MachineRecord | undefined;
  readonly node: NodeRecord | undefined;
  readonly status: MachineStatus;
  readonly podCount: number;
}

interface MachineCardProps {
  readonly name: string;
  readonly className: string;
  readonly chip: ChipSize;
  readonly children: (facts: MachineFacts) => ReactNode;
}

export const MachineCard = memo(function MachineCard({ name, className, chip, children }: MachineCardProps) {
  const text = useText();
  const machine = useUi((state) => state.mirror.machines.get(name));
  const node = useUi((state) => state.mirror.nodes.get(name));
  const podCount = useUi((state) => state.mirror.podsByNode.get(name)?.length ?? 0);
  const selected = useUi((state) => state.selectedKey === `Machine//${name}`);
  const lifted = useUi((state) => state.lifted === name);
  const overDock = useUi((state) => state.lifted === name && state.overDock);
  const faults = useUi(useShallow(marksOf(name)));
  const hands = useMachineHands(name);
  const status = machineStatus(machine, node, text);
  const variables: ChipVariables = { '--chip-size': `${chip.size}px`, '--chip-gap': `${chip.gap}px` };

  return (
    <article
      className={className}
      data-kind="Machine"
      data-name={name}
      data-namespace=""
      data-state={status.state}
      data-power={machine?.power ?? 'off'}
      data-selected={selected}
      data-lifted={lifted}
      data-over-dock={overDock}
      aria-label={text.machine.label(
        name,
        [status.words, ...faults.map((fault) => text.faultName[fault])].join(', '),
        podCount,
      )}
      style={variables}
      {...hands}
    >
      {children({ name, machine, node, status, podCount })}
    </article>
  );
});
