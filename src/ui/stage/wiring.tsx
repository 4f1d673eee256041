/** The cables, drawn under the machines in the stage's own coordinates. Where one enters its machine it can be grabbed: cut, or plugged in. */
import { ViewportPortal } from '@xyflow/react';
import { memo } from 'react';
import { useCommands } from '../state/commands';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { wirePath, type Wire } from './wires';

const WireLine = memo(function WireLine({ wire }: { wire: Wire }) {
  const condition = useUi((state) => {
    const machine = state.mirror.machines.get(wire.machine);
    const server = state.mirror.machines.get(wire.server);
    if (!machine || machine.power === 'off' || server?.power === 'off') return 'dead';
    return machine.cable.in && machine.cable.out ? 'live' : 'cut';
  });
  const selected = useUi((state) => state.selectedKey === `Machine//${wire.machine}`);
  const text = useText();
  const commands = useCommands();
  const end = wire.points.at(1);
  return (
    <>
      <path d={wirePath(wire.points)} className="wire" data-condition={condition} data-selected={selected} />
      {condition === 'cut' && end ? (
        <path className="wire-cut" d={`M${end.x - 5} ${end.y - 17}l10 10m0 -10l-10 10`} />
      ) : null}
      {condition === 'dead' ? null : (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keyboard has the machine's menu
        <path
          d={wirePath(wire.points.slice(0, 2))}
          className="wire-grip nopan"
          data-cable={wire.machine}
          onClick={() => (condition === 'cut' ? commands.plugCable(wire.machine) : commands.cutCable(wire.machine))}
        >
          <title>
            {condition === 'cut' ? text.machine.plugCableOf(wire.machine) : text.machine.cutCableOf(wire.machine)}
          </title>
        </path>
      )}
    </>
  );
});

export const Wiring = memo(function Wiring({ wires }: { wires: readonly Wire[] }) {
  return (
    <ViewportPortal>
      <svg className="wiring" aria-hidden="true">
        {wires.map((wire) => (
          <WireLine key={wire.machine} wire={wire} />
        ))}
      </svg>
    </ViewportPortal>
  );
});
