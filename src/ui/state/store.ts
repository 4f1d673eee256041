/**
 * The page's state: slices of one zustand store. The mirror is written by frames alone; the rest is what a person has set.
 * Components select narrowly with `useUi`.
 */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand/react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { createLanguageSlice, type LanguageSlice } from './language-slice';
import { createMirrorSlice, type MirrorSlice } from './mirror-slice';
import { createNoticeSlice, type NoticeSlice } from './notice-slice';
import { createSelectionSlice, type SelectionSlice } from './selection-slice';
import { createTourSlice, type TourSlice } from './tour-slice';
import { createViewSlice, type ViewSlice } from './view-slice';

export interface UiState extends MirrorSlice, SelectionSlice, ViewSlice, NoticeSlice, LanguageSlice, TourSlice {}

export type UiStore = StoreApi<UiState>;

/** A store with nothing mirrored yet. */
export function createUiStore(): UiStore {
  return createStore<UiState>()((...args) => ({
    ...createMirrorSlice(...args),
    ...createSelectionSlice(...args),
    ...createViewSlice(...args),
    ...createNoticeSlice(...args),
    ...createLanguageSlice(...args),
    ...createTourSlice(...args),
  }));
}

export const UiStoreContext = createContext<UiStore | null>(null);

/** The store itself, for handlers that read it when something happens. */
export function useUiStore(): UiStore {
  const store = useContext(UiStoreContext);
  if (!store) throw new Error('UiStoreContext has no value');
  return store;
}

/** A part of the state; renders when that part has changed. */
export function useUi<Part>(select: (state: UiState) => Part): Part {
  return useStore(useUiStore(), select);
}
