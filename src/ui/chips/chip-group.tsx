/** A group of chips that is one stop in the tab order; arrow keys walk inside it. */
import { useRef, type KeyboardEvent, type ReactNode } from 'react';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

interface ChipGroupProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

export function ChipGroup({ label, className, children }: ChipGroupProps) {
  const group = useRef<HTMLDivElement>(null);

  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = STEPS[event.key];
    const chips = [...(group.current?.querySelectorAll<HTMLElement>('button.chip') ?? [])];
    if (chips.length === 0) return;
    const last = chips.length - 1;
    const here = chips.findIndex((chip) => chip === document.activeElement);
    const there =
      step !== undefined
        ? Math.min(last, Math.max(0, here + step))
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? last
            : -1;
    if (there < 0) return;
    event.preventDefault();
    event.stopPropagation();
    chips[there]?.focus();
  };

  return (
    <div ref={group} role="group" aria-label={label} className={className} onKeyDown={walk}>
      {children}
    </div>
  );
}
