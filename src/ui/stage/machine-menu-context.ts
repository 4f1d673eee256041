/** Opens the one menu of machines, wherever it is asked for. */
import { createContext, useContext } from 'react';

export interface MenuPlace {
  readonly machine: string;
  /** Where on the screen. */
  readonly x: number;
  readonly y: number;
}

/** Menus are drawn in this layer: inside the page's main landmark, above everything. */
export const MENU_LAYER_ID = 'menu-layer';

export const MachineMenuContext = createContext<(place: MenuPlace) => void>(() => {});

export const useMachineMenu = (): ((place: MenuPlace) => void) => useContext(MachineMenuContext);
