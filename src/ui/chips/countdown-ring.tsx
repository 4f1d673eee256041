/** A ring that runs down with a clock of the cluster. Amber: a clock is running. */
import { memo } from 'react';
import type { CountdownRecord } from '#engine/cluster/records';
import { useUi } from '../state/store';
import { progressStep } from './countdown';

const STEPS = 90;

/** Paths in a 24 × 24 box that begin at the top and run clockwise; around a chip the ring follows its corners. */
const PATHS = {
  figure: 'M12 2a10 10 0 0 1 0 20a10 10 0 0 1 0-20',
  chip: 'M12 1h4.5a6.5 6.5 0 0 1 6.5 6.5v9a6.5 6.5 0 0 1-6.5 6.5h-9a6.5 6.5 0 0 1-6.5-6.5v-9a6.5 6.5 0 0 1 6.5-6.5z',
} as const;

interface CountdownRingProps {
  readonly countdown: CountdownRecord;
  readonly around: keyof typeof PATHS;
}

export const CountdownRing = memo(function CountdownRing({ countdown, around }: CountdownRingProps) {
  const step = useUi((state) => progressStep(countdown, state.mirror.now, STEPS));
  const left = 1 - step / STEPS;
  return (
    <svg viewBox="0 0 24 24" className="countdown-ring" aria-hidden="true" focusable="false">
      <path d={PATHS[around]} className="countdown-track" />
      <path d={PATHS[around]} className="countdown-left" pathLength={1} strokeDasharray={`${left} 1`} />
    </svg>
  );
});
