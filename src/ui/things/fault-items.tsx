/** Entries of a menu: the faults that can be brought on a thing, or healed on it. */
import { Menu } from '@mantine/core';
import { HeartPulse, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { bring } from '../library/actions';
import { FAULTS, inForceOn, targetsOf, type FaultKey, type FaultKind, type FaultTarget } from '../library/faults';
import { useHands } from '../library/use-hands';
import { useUi } from '../state/store';

const ICON = { size: 15, strokeWidth: 1.8, 'aria-hidden': true } as const;

interface FaultItemsProps {
  readonly of: readonly FaultTarget[];
  readonly name: string;
  /** Those that the menu has entries of its own for. */
  readonly except?: readonly FaultKey[];
  /** Of a pod, those that are to be told apart; none: there is only one. */
  readonly containers?: readonly string[];
}

export function FaultItems({ of, name, except = [], containers = [] }: FaultItemsProps) {
  const mirror = useUi((state) => state.mirror);
  const [only = null, second] = containers;
  return FAULTS.filter((kind) => of.includes(kind.target) && !except.includes(kind.key))
    .filter((kind) => targetsOf(kind, mirror).includes(name))
    .map((kind) =>
      second === undefined ? (
        <FaultItem key={kind.key} kind={kind} target={only === null ? name : `${name}/${only}`} />
      ) : (
        <ContainerItems key={kind.key} kind={kind} pod={name} containers={containers} />
      ),
    );
}

/** @param called - what the entry says instead of the fault's title */
function FaultItem({ kind, target, called }: { kind: FaultKind; target: string; called?: string }) {
  const hands = useHands();
  const { words, commands } = hands;
  const record = useUi(({ mirror }) => inForceOn(kind, target, mirror));
  const { title, does } = words.fault[kind.key];
  const name = called ?? title;
  return (
    <Menu.Item
      title={does}
      leftSection={record ? <HeartPulse {...ICON} /> : <Zap {...ICON} />}
      onClick={() => (record ? commands.heal([record.id]) : bring(hands, kind, target))}
    >
      {record ? words.healNamed(name, '') : kind.between ? `${name} …` : name}
    </Menu.Item>
  );
}

/** A menu of containers; before it, a fault that was brought on the pod without saying which. */
function ContainerItems({ kind, pod, containers }: { kind: FaultKind; pod: string; containers: readonly string[] }) {
  const { words } = useHands();
  const record = useUi(({ mirror }) => inForceOn(kind, pod, mirror));
  return (
    <>
      {record ? <FaultItem kind={kind} target={pod} /> : null}
      <SubMenu title={words.fault[kind.key].title}>
        {containers.map((container) => (
          <FaultItem key={container} kind={kind} target={`${pod}/${container}`} called={container} />
        ))}
      </SubMenu>
    </>
  );
}

/** They stand in a menu of their own, where the first one is long already. */
export function MoreFaults(props: FaultItemsProps) {
  const { words } = useHands();
  return (
    <SubMenu title={words.more}>
      <FaultItems {...props} />
    </SubMenu>
  );
}

/** Beside its menu, which scrolls and would hold it in itself were it not fixed to the window. */
function SubMenu({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Menu.Sub floatingStrategy="fixed" middlewares={{ flip: true, shift: { crossAxis: true, padding: 8 } }}>
      <Menu.Sub.Target>
        <Menu.Sub.Item className="menu-item" leftSection={<Zap {...ICON} />}>
          {title}
        </Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>{children}</Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}
