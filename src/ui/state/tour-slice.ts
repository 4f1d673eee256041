/** How far the first minute has come: 0 is the one line that a first visit begins with, then the steps of the tour. */
import type { StateCreator } from 'zustand/vanilla';
import { recall, remember } from './remembered';
import type { UiState } from './store';

export interface TourSlice {
  /** Null: no tour, as on every visit after the first. */
  readonly tour: number | null;
  setTour(step: number | null): void;
}

const isTrue = (value: unknown): value is boolean => value === true;

export const createTourSlice: StateCreator<UiState, [], [], TourSlice> = (set) => ({
  tour: recall('toured', isTrue, false) ? null : 0,
  setTour: (tour) => {
    if (tour === null) remember('toured', true);
    set({ tour });
  },
});
