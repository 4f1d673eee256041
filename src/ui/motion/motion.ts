/** The boards that motion is handed over by, and whether there should be any. */
import { createContext, useContext } from 'react';
import type { HostStatus } from '#host/worker/protocol';
import type { FlightBoard } from './flight-board';
import { FASTEST_WITH_FLIGHTS } from './flights';
import type { PulseBoard } from './pulse-board';

export interface MotionBoards {
  readonly flights: FlightBoard;
  readonly pulses: PulseBoard;
}

export const MotionContext = createContext<MotionBoards | null>(null);

/** The page's boards; null where nothing moves (tests). */
export const useMotionBoards = (): MotionBoards | null => useContext(MotionContext);

/** Whether the person has asked for less motion: the system, or this page by its settings. */
export const wantsLessMotion = (): boolean =>
  document.documentElement.dataset['motion'] === 'less' ||
  (globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false);

/** Whether pods fly at the pace that the host keeps. */
export const isPaceForFlights = ({ pace, measuredSpeed }: HostStatus): boolean =>
  pace.type === 'paused' ||
  (pace.type === 'speed' && pace.factor <= FASTEST_WITH_FLIGHTS && measuredSpeed <= 2 * FASTEST_WITH_FLIGHTS);
