/** Opens the one menu of machines, wherever it is asked for. */
import { createContext, useContext } from 'react';

export interface MenuPlace {
  readonly machine: string;
  /** Where on the screen. */
  readonly x: number;
  readonly y: number;
}

export const MachineMenuContext = createContext<(place: MenuPlace) => void>(() => {});

export const useMachineMenu = (): ((place: MenuPlace) => void) => useContext(MachineMenuContext);
