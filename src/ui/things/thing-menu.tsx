/** The menu of what is no machine: a pod, a component, a rack, a zone. By the other button, a long press or the menu key. */
import { Menu } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FaultTarget } from '../library/faults';
import { runningContainers } from '../library/containers';
import { useHands } from '../library/use-hands';
import { offersCommand } from '../shell/copy-command';
import { kubectl } from '../state/kubectl-command';
import { FaultItems } from './fault-items';
import { containerAt, thingAt } from './thing-at';
import { MenuAt } from '../stage/menu-at';

const THINGS = '.stage :is([data-kind="Pod"], [data-kind="Process"], [data-kind="Rack"], [data-kind="Zone"])';
const MACHINE = '.stage [data-kind="Machine"]';

interface Open {
  readonly element: HTMLElement;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Of a pod that has several: all, or the one that was pointed at. */
  readonly containers: readonly string[];
}

const TARGETS: Readonly<Record<string, readonly FaultTarget[]>> = {
  Pod: ['Pod'],
  Process: ['Process'],
  Rack: ['Rack', 'Place'],
  Zone: ['Zone', 'Place'],
};

function thingOf(event: MouseEvent): Omit<Open, 'containers'> | null {
  const { target, clientX: x, clientY: y } = event;
  if (!(target instanceof Element) || !target.closest('.stage')) return null;
  const inside = target.closest(THINGS);
  // A machine has a menu of its own; what stands in it is nearer.
  if (!inside && target.closest(MACHINE)) return null;
  const element = inside ?? (target.closest('.react-flow__pane') ? thingAt(x, y, THINGS) : null);
  if (!(element instanceof HTMLElement)) return null;
  const { kind = '', namespace = '', name = '' } = element.dataset;
  return { element, kind, namespace, name, x, y };
}

/** The menu key points at no container, wherever the pod's chip is. */
const isPointed = (event: MouseEvent): boolean =>
  event.button === 2 || (event instanceof PointerEvent && event.pointerType === 'touch');

export function ThingMenu() {
  const hands = useHands();
  const { words, commands, store } = hands;
  const [open, setOpen] = useState<Open | null>(null);

  useEffect(() => {
    let gone = false;
    const onMenu = (event: MouseEvent): void => {
      const thing = event.defaultPrevented ? null : thingOf(event);
      if (!thing) return;
      event.preventDefault();
      event.stopPropagation();
      if (thing.kind !== 'Pod') return setOpen({ ...thing, containers: [] });
      const pointed = isPointed(event) ? containerAt(thing.x, thing.y) : null;
      void runningContainers(hands, `${thing.namespace}/${thing.name}`).then((all) => {
        const several = all.length > 1 ? all : [];
        if (!gone) setOpen({ ...thing, containers: several.some((one) => one === pointed) ? [pointed!] : several });
      });
    };
    addEventListener('contextmenu', onMenu, true);
    return () => {
      gone = true;
      removeEventListener('contextmenu', onMenu, true);
    };
  }, [hands]);

  if (!open) return null;
  const { element, kind, namespace, name, containers } = open;
  const close = (): void => {
    setOpen(null);
    element.focus();
  };
  const remove = (): void => {
    const pod = { kind, namespace, name };
    commands.remove(pod);
    const action = offersCommand(store, kubectl.removeAll([pod]));
    store.getState().notify({ tone: 'info', text: words.palette.remove(`Pod ${name}`), action });
  };
  return (
    <MenuAt place={open} label={words.menuOf(name)} opened onClose={close}>
      <Menu.Label>{containers.length === 1 ? `${name} · ${containers[0]}` : name}</Menu.Label>
      <FaultItems
        of={TARGETS[kind] ?? []}
        name={kind === 'Pod' ? `${namespace}/${name}` : name}
        containers={containers}
      />
      {kind === 'Pod' ? (
        <>
          <Menu.Divider />
          <Menu.Item
            className="menu-destroys"
            leftSection={<Trash2 size={15} strokeWidth={1.8} aria-hidden="true" />}
            onClick={remove}
          >
            {words.deletePod}
          </Menu.Item>
        </>
      ) : null}
    </MenuAt>
  );
}
