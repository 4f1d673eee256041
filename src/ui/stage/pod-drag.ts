/** A pod in the hand: what it may be dropped on, and what hangs from the pointer. Loaded when a pod is grabbed first. */

export interface PodDrag {
  readonly chip: Element;
  /** Where it was grabbed, on the screen. */
  readonly x: number;
  readonly y: number;
  /** Let go: over a machine of that name, over the bare stage (empty), or elsewhere (null). */
  readonly onDrop: (machine: string | null) => void;
}

/** Below so many pixels it is a click. */
const FROM_PX = 8;

export function carryPod({ chip, x, y, onDrop }: PodDrag): void {
  let ghost: HTMLElement | null = null;

  const move = (event: PointerEvent): void => {
    if (!ghost && Math.hypot(event.clientX - x, event.clientY - y) < FROM_PX) return;
    ghost ??= document.body.appendChild(hanging(chip));
    ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
    ghost.dataset['fits'] = String(under(event) !== null);
  };
  const end = (event: PointerEvent): void => {
    for (const kind of ['pointerup', 'pointercancel'] as const) removeEventListener(kind, end);
    removeEventListener('pointermove', move);
    const carried = ghost !== null;
    ghost?.remove();
    if (carried && event.type === 'pointerup') onDrop(under(event));
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

function under({ clientX, clientY }: PointerEvent): string | null {
  for (const element of document.elementsFromPoint(clientX, clientY)) {
    const machine = element.closest('.stage [data-kind="Machine"]');
    if (machine) return machine.getAttribute('data-name') ?? '';
  }
  return document.elementFromPoint(clientX, clientY)?.closest('.stage') ? '' : null;
}
