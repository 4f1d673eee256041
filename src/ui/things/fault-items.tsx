/** Entries of a menu: the faults that can be brought on a thing, or healed on it. */
import { Menu } from '@mantine/core';
import { HeartPulse, Zap } from 'lucide-react';
import { bring } from '../library/actions';
import { FAULTS, inForceOn, targetsOf, type FaultKey, type FaultTarget } from '../library/faults';
import { useHands } from '../library/use-hands';
import { useUi } from '../state/store';

const ICON = { size: 15, strokeWidth: 1.8, 'aria-hidden': true } as const;

interface FaultItemsProps {
  readonly of: readonly FaultTarget[];
  readonly name: string;
  /** Those that the menu has entries of its own for. */
  readonly except?: readonly FaultKey[];
}

export function FaultItems({ of, name, except = [] }: FaultItemsProps) {
  const hands = useHands();
  const { words, commands } = hands;
  const mirror = useUi((state) => state.mirror);
  return FAULTS.filter((kind) => of.includes(kind.target) && !except.includes(kind.key))
    .filter((kind) => targetsOf(kind, mirror).includes(name))
    .map((kind) => {
      const { title, does } = words.fault[kind.key];
      const record = inForceOn(kind, name, mirror);
      return (
        <Menu.Item
          key={kind.key}
          title={does}
          leftSection={record ? <HeartPulse {...ICON} /> : <Zap {...ICON} />}
          onClick={() => (record ? commands.heal([record.id]) : bring(hands, kind, name))}
        >
          {record ? words.healNamed(title, '') : kind.between ? `${title} …` : title}
        </Menu.Item>
      );
    });
}

/** They stand in a menu of their own, where the first one is long already. */
export function MoreFaults(props: FaultItemsProps) {
  const { words } = useHands();
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item className="menu-item" leftSection={<Zap {...ICON} />}>
          {words.more}
        </Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        <FaultItems {...props} />
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}
