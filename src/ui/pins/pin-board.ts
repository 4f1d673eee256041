/** Things that a person keeps in view whatever is selected. For this visit only. */
import { useStore } from 'zustand/react';
import { createStore } from 'zustand/vanilla';
import type { Subject } from '#engine/cluster/records';
import { subjectKey } from '../state/mirror';

/** More would hide the stage. */
export const MOST_PINS = 8;

interface PinBoard {
  readonly pins: readonly Subject[];
  /** Pins it, or lets it go; of too many the oldest goes. */
  readonly toggle: (subject: Subject) => void;
}

export const createPinBoard = () =>
  createStore<PinBoard>()((set) => ({
    pins: [],
    toggle: ({ kind, namespace, name }) =>
      set(({ pins }) => {
        const key = subjectKey({ kind, namespace, name });
        const others = pins.filter((pin) => subjectKey(pin) !== key);
        return { pins: others.length < pins.length ? others : [...pins, { kind, namespace, name }].slice(-MOST_PINS) };
      }),
  }));

const board = createPinBoard();

export const usePins = <Part>(select: (state: PinBoard) => Part): Part => useStore(board, select);
