/** A bar that says how much of a capacity is asked for. */
import { memo } from 'react';

interface MeterProps {
  readonly label: string;
  /** From 0; above 1 it is full. */
  readonly share: number;
  /** The same in words. */
  readonly words: string;
}

export const Meter = memo(function Meter({ label, share, words }: MeterProps) {
  const percent = Math.round(Math.min(1, share) * 100);
  return (
    <span className="meter" role="img" aria-label={words} title={words}>
      <span className="meter-label">{label}</span>
      <span className="meter-track">
        <span className="meter-fill" style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
});
