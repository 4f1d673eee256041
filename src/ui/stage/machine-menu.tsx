/** The menu of a machine: everything that a hand can do to it. One instance, opened by button, pointer or keyboard. */
import { Menu } from '@mantine/core';
import {
  ArrowLeftFromLine,
  ArrowRightToLine,
  Ban,
  CirclePlay,
  Eraser,
  FileX,
  HardDrive,
  Hourglass,
  type LucideIcon,
  Plug,
  Power,
  PowerOff,
  RotateCw,
  SquareTerminal,
  Trash2,
  Unplug,
} from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import type { FaultKey } from '../library/faults';
import { copyCommand } from '../shell/copy-command';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { type MachineFault, machineFaultsOf } from '../state/machine-faults';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { MoreFaults } from '../things/fault-items';
import type { MenuPlace } from './machine-menu-context';
import { MenuAt } from './menu-at';

const ICON = { size: 15, strokeWidth: 1.8, 'aria-hidden': true } as const;

const MACHINE_FAULTS: readonly { readonly type: MachineFault; readonly Icon: LucideIcon }[] = [
  { type: 'disk-full', Icon: HardDrive },
  { type: 'disk-slow', Icon: Hourglass },
  { type: 'disk-corrupt', Icon: FileX },
];

/** Faults that have entries of their own here. */
const OWN_ITEMS: readonly FaultKey[] = [
  'power-off',
  'reboot',
  'cut-cable',
  'cut-in',
  'cut-out',
  'disk-full',
  'disk-slow',
  'disk-corrupt',
  'etcd-wipe',
];

export function MachineMenu({ place, onClose }: { place: MenuPlace; onClose: () => void }) {
  const text = useText();
  const commands = useCommands();
  const store = useUiStore();
  const name = place.machine;
  const machine = useUi((state) => state.mirror.machines.get(name));
  const node = useUi((state) => state.mirror.nodes.get(name));
  const off = machine?.power === 'off';
  const canLeave = useUi(
    ({ mirror }) =>
      machine?.role === 'control-plane' &&
      [...mirror.machines.values()].filter(({ role }) => role === 'control-plane').length > 1,
  );
  const hasEtcd = machine?.processes.some((process) => process.name === 'etcd') ?? false;
  const faults = useUi(useShallow(machineFaultsOf(name)));
  const cut = machine !== undefined && !(machine.cable.in && machine.cable.out);

  const close = (): void => {
    onClose();
    document.querySelector<HTMLElement>(`[data-kind="Machine"][data-name="${CSS.escape(name)}"]`)?.focus();
  };

  return (
    <MenuAt place={place} label={text.machine.menu(name)} opened={machine !== undefined} onClose={close}>
      {off ? (
        <Menu.Item leftSection={<Power {...ICON} />} onClick={() => commands.powerOn(name)}>
          {text.machine.powerOn}
        </Menu.Item>
      ) : (
        <>
          <Menu.Item
            className="menu-destroys"
            leftSection={<PowerOff {...ICON} />}
            rightSection={<kbd>{text.keys.delete}</kbd>}
            onClick={() => commands.powerOff(name)}
          >
            {text.machine.powerOff}
          </Menu.Item>
          <Menu.Item leftSection={<RotateCw {...ICON} />} onClick={() => commands.reboot(name)}>
            {text.machine.reboot}
          </Menu.Item>
        </>
      )}
      {cut ? (
        <Menu.Item leftSection={<Plug {...ICON} />} onClick={() => commands.plugCable(name)}>
          {text.machine.plugCable}
        </Menu.Item>
      ) : (
        <>
          <Menu.Item leftSection={<Unplug {...ICON} />} onClick={() => commands.cutCable(name)}>
            {text.machine.cutCable}
          </Menu.Item>
          <Menu.Item leftSection={<ArrowRightToLine {...ICON} />} onClick={() => commands.cutCable(name, 'in')}>
            {text.machine.cutCableIn}
          </Menu.Item>
          <Menu.Item leftSection={<ArrowLeftFromLine {...ICON} />} onClick={() => commands.cutCable(name, 'out')}>
            {text.machine.cutCableOut}
          </Menu.Item>
        </>
      )}
      <Menu.Divider />
      {MACHINE_FAULTS.map(({ type, Icon }) => {
        const isSo = faults.includes(type);
        if (type === 'disk-corrupt' && !hasEtcd) return null;
        return (
          <Menu.Item
            key={type}
            leftSection={<Icon {...ICON} />}
            onClick={() => commands.setMachineFault(name, type, !isSo)}
          >
            {isSo ? text.machineFault.undo[type] : text.machineFault.do[type]}
          </Menu.Item>
        );
      })}
      <MoreFaults of={['Machine', 'Place']} name={name} except={OWN_ITEMS} />
      {hasEtcd ? (
        <Menu.Item className="menu-destroys" leftSection={<Eraser {...ICON} />} onClick={() => commands.wipeEtcd(name)}>
          {text.machineFault.wipeEtcd}
        </Menu.Item>
      ) : null}
      {node ? (
        <>
          <Menu.Divider />
          {node.unschedulable ? (
            <Menu.Item leftSection={<CirclePlay {...ICON} />} onClick={() => commands.cordon(name, false)}>
              {text.machine.uncordon}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<Ban {...ICON} />} onClick={() => commands.cordon(name, true)}>
              {text.machine.cordon}
            </Menu.Item>
          )}
        </>
      ) : null}
      {machine?.role === 'worker' || canLeave ? (
        <>
          <Menu.Divider />
          <Menu.Item
            className="menu-destroys"
            leftSection={<Trash2 {...ICON} />}
            onClick={() => commands.removeMachine(name)}
          >
            {canLeave ? text.machine.leave : text.machine.remove}
          </Menu.Item>
        </>
      ) : null}
      {node ? (
        <>
          <Menu.Divider />
          <Menu.Label title={text.command.noKubectl}>{text.command.copy}</Menu.Label>
          {kubectl.node(name, node.unschedulable).map((command) => (
            <Menu.Item
              key={command}
              className="menu-command"
              title={command}
              leftSection={<SquareTerminal {...ICON} />}
              onClick={() => void copyCommand(store, command)}
            >
              {command}
            </Menu.Item>
          ))}
        </>
      ) : null}
    </MenuAt>
  );
}
