/** A pod in the hand: what hangs from the pointer, what it may be dropped on, what becomes of it. Loaded when one is grabbed or deleted first. */
import type { PodRecord } from '#engine/cluster/records';
import { offersCommand } from '../shell/copy-command';
import type { Commands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import type { UiStore } from '../state/store';

export interface PodDrag {
  readonly chip: Element;
  /** Where it was grabbed, on the screen. */
  readonly x: number;
  readonly y: number;
  readonly pod: PodRecord;
  readonly store: UiStore;
  readonly commands: Commands;
}

/** Below so many pixels it is a click. */
const FROM_PX = 8;

export function carryPod({ chip, x, y, pod, store, commands }: PodDrag): void {
  let ghost: HTMLElement | null = null;

  const move = (event: PointerEvent): void => {
    if (!ghost && Math.hypot(event.clientX - x, event.clientY - y) < FROM_PX) return;
    ghost ??= document.body.appendChild(hanging(chip));
    ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
    const on = under(event);
    ghost.dataset['fits'] = String(on !== null);
    ghost.dataset['says'] = on === '' ? store.getState().text.notice.deletePod : '';
  };
  const end = (event: PointerEvent): void => {
    for (const kind of ['pointerup', 'pointercancel'] as const) removeEventListener(kind, end);
    removeEventListener('pointermove', move);
    const carried = ghost !== null;
    ghost?.remove();
    if (carried && event.type === 'pointerup') drop(pod, under(event), store, commands);
  };
  addEventListener('pointermove', move);
  for (const kind of ['pointerup', 'pointercancel'] as const) addEventListener(kind, end);
}

function hanging(chip: Element): HTMLElement {
  const ghost = document.createElement('div');
  ghost.className = 'carried';
  ghost.setAttribute('aria-hidden', 'true');
  ghost.textContent = chip.getAttribute('data-name');
  return ghost;
}

/** What lies there: a machine's name, the bare stage (empty), or neither (null). */
function under({ clientX, clientY }: PointerEvent): string | null {
  for (const element of document.elementsFromPoint(clientX, clientY)) {
    const machine = element.closest('.stage [data-kind="Machine"]');
    if (machine) return machine.getAttribute('data-name') ?? '';
    // By workload or by service it is still where it was as long as it is on a card.
    if (element.closest('.object-card')) return null;
  }
  return document.elementFromPoint(clientX, clientY)?.closest('.stage') ? '' : null;
}

/** On the bare stage (empty) it is deleted; on another machine it stays, and is told why. */
function drop(pod: PodRecord, machine: string | null, store: UiStore, commands: Commands): void {
  if (machine === null || machine === pod.node) return;
  if (machine === '') return removePod(pod, store, commands);
  const { text } = store.getState();
  store.getState().notify({
    tone: 'info',
    text: text.notice.podStays(pod.name, pod.node ?? '', machine),
    action: { label: text.notice.deletePod, run: () => removePod(pod, store, commands) },
  });
}

/** Deletes it, and offers the kubectl that does the same. */
export function removePod(pod: PodRecord, store: UiStore, commands: Commands): void {
  const ui = store.getState();
  commands.remove(pod);
  ui.notify({
    tone: 'info',
    text: ui.text.notice.podDeleted(pod.name),
    action: offersCommand(store, kubectl.remove(pod)),
  });
}
