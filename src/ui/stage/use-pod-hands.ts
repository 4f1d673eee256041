/** What every pod on the stage answers to: Delete, and being dragged out of its node. */
import { useEffect, type RefObject } from 'react';
import type { PodRecord } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { objectByUid } from '../state/mirror';
import { useUiStore, type UiStore } from '../state/store';

export function usePodHands(stage: RefObject<HTMLElement | null>): void {
  const store = useUiStore();
  const commands = useCommands();
  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const grab = (event: PointerEvent): void => {
      const held = podOf(event, store);
      if (!held || event.button !== 0) return;
      const { clientX: x, clientY: y } = event;
      // What the hand does before the code is here is told to it then.
      const missed: PointerEvent[] = [];
      const waiting = new AbortController();
      for (const kind of ['pointermove', 'pointerup', 'pointercancel'] as const)
        addEventListener(
          kind,
          (one) => {
            missed.push(one);
            if (kind !== 'pointermove') waiting.abort();
          },
          { signal: waiting.signal },
        );
      void import('./pod-drag').then(({ carryPod }) => {
        waiting.abort();
        carryPod({ ...held, x, y, store, commands });
        for (const one of missed) dispatchEvent(new PointerEvent(one.type, one));
      });
    };
    const press = (event: KeyboardEvent): void => {
      const held = event.key === 'Delete' ? podOf(event, store) : null;
      if (!held) return;
      event.preventDefault();
      event.stopPropagation();
      void import('./pod-drag').then(({ removePod }) => removePod(held.pod, store, commands));
    };
    element.addEventListener('pointerdown', grab);
    element.addEventListener('keydown', press);
    return () => {
      element.removeEventListener('pointerdown', grab);
      element.removeEventListener('keydown', press);
    };
  }, [stage, store, commands]);
}

function podOf(event: Event, store: UiStore): { readonly chip: Element; readonly pod: PodRecord } | null {
  const chip = event.target instanceof Element ? event.target.closest('[data-kind="Pod"]') : null;
  const pod = objectByUid(store.getState().mirror, chip?.getAttribute('data-uid') ?? '');
  return chip && pod?.kind === 'Pod' ? { chip, pod } : null;
}
