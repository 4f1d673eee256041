/** Short messages about what a person's action has led to. */
import type { StateCreator } from 'zustand/vanilla';
import type { UiState } from './store';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'problem';
  readonly text: string;
  readonly action: NoticeAction | null;
}

export interface NoticeSlice {
  readonly notices: readonly Notice[];
  notify(notice: Omit<Notice, 'id'>): void;
  dismiss(id: number): void;
}

const NOTICE_CAP = 2;
let nextId = 1;

export const createNoticeSlice: StateCreator<UiState, [], [], NoticeSlice> = (set) => ({
  notices: [],
  // The stage is under them: what is new takes the place of older news, problems stay.
  notify: (notice) =>
    set(({ notices }) => ({
      notices: [...notices.filter(({ tone }) => tone === 'problem'), { ...notice, id: nextId++ }].slice(-NOTICE_CAP),
    })),
  dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
});
