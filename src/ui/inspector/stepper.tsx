/** A number with a step down and a step up, which can also be typed: the replicas of a Deployment. */
import { Minus, Plus } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';

const ICON = { size: 13, strokeWidth: 2.4, 'aria-hidden': true } as const;

interface StepperProps {
  /** Accessible name of the number. */
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly lessLabel: string;
  readonly moreLabel: string;
  readonly onChange: (value: number) => void;
}

/** A whole number from 0 to `max` typed by a person, or null. */
export function parseCount(typed: string, max: number): number | null {
  if (!/^\d{1,6}$/.test(typed.trim())) return null;
  const value = Number(typed.trim());
  return value <= max ? value : null;
}

export function Stepper({ label, value, max, lessLabel, moreLabel, onChange }: StepperProps) {
  const [typed, setTyped] = useState<string | null>(null);

  const finish = (): void => {
    const next = typed === null ? null : parseCount(typed, max);
    setTyped(null);
    if (next !== null && next !== value) onChange(next);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') finish();
    else if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      setTyped(null);
    } else if (event.key === 'ArrowUp' && value < max) onChange(value + 1);
    else if (event.key === 'ArrowDown' && value > 0) onChange(value - 1);
    else return;
    event.preventDefault();
  };

  return (
    <span className="stepper" role="group" aria-label={label}>
      <button type="button" aria-label={lessLabel} disabled={value <= 0} onClick={() => onChange(value - 1)}>
        <Minus {...ICON} />
      </button>
      <input
        type="text"
        inputMode="numeric"
        aria-label={label}
        aria-invalid={typed !== null && parseCount(typed, max) === null}
        value={typed ?? String(value)}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={finish}
        onKeyDown={onKeyDown}
      />
      <button type="button" aria-label={moreLabel} disabled={value >= max} onClick={() => onChange(value + 1)}>
        <Plus {...ICON} />
      </button>
    </span>
  );
}
