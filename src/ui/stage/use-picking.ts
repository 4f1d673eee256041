/** Shift and a click, or Shift and Enter, picks a machine or a pod along with others. */
import { useEffect, type RefObject } from 'react';
import { useUiStore } from '../state/store';

export function usePicking(stage: RefObject<HTMLElement | null>): void {
  const store = useUiStore();
  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const pick = (event: MouseEvent | KeyboardEvent): void => {
      if (!event.shiftKey || (event instanceof KeyboardEvent && event.key !== 'Enter')) return;
      const thing =
        event.target instanceof Element ? event.target.closest('[data-kind="Pod"], [data-kind="Machine"]') : null;
      if (!(thing instanceof HTMLElement)) return;
      event.preventDefault();
      event.stopPropagation();
      const { kind = '', namespace = '', name = '' } = thing.dataset;
      store.getState().togglePick({ kind, namespace, name });
    };
    element.addEventListener('click', pick, true);
    element.addEventListener('keydown', pick, true);
    return () => {
      element.removeEventListener('click', pick, true);
      element.removeEventListener('keydown', pick, true);
    };
  }, [stage, store]);
}
