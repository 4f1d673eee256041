/** What the person has picked, and what the hand holds. */
import type { StateCreator } from 'zustand/vanilla';
import type { Subject } from '#engine/cluster/records';
import { subjectKey } from './mirror';
import type { UiState } from './store';

export interface SelectionSlice {
  readonly selection: Subject | null;
  /** `subjectKey` of the selection, or empty: what a component compares itself with. */
  readonly selectedKey: string;
  /** Name of the machine that is lifted, by pointer or keyboard. */
  readonly lifted: string | null;
  /** The lifted machine hangs over the dock. */
  readonly overDock: boolean;
  /** Machines and pods that were picked together, in the order in which they were. */
  readonly picked: readonly Subject[];
  select(subject: Subject | null): void;
  /** Adds it to what is picked, or takes it out. */
  togglePick(subject: Subject): void;
  clearPicks(): void;
  lift(machine: string | null): void;
  setOverDock(over: boolean): void;
}

const NOTHING_PICKED: readonly Subject[] = [];

/** A machine and its Node are one thing on the stage. */
const onStage = (subject: Subject): Subject =>
  subject.kind === 'Node' ? { kind: 'Machine', namespace: '', name: subject.name } : subject;

export const createSelectionSlice: StateCreator<UiState, [], [], SelectionSlice> = (set) => ({
  selection: null,
  selectedKey: '',
  lifted: null,
  overDock: false,
  picked: NOTHING_PICKED,
  select: (subject) =>
    set(() => {
      if (!subject) return { selection: null, selectedKey: '' };
      const { kind, namespace, name } = onStage(subject);
      const selection = { kind, namespace, name };
      return { selection, selectedKey: subjectKey(selection) };
    }),
  togglePick: (subject) =>
    set(({ picked }) => {
      const key = subjectKey(subject);
      const others = picked.filter((other) => subjectKey(other) !== key);
      return { picked: others.length < picked.length ? others : [...picked, subject] };
    }),
  clearPicks: () => set({ picked: NOTHING_PICKED }),
  lift: (lifted) => set({ lifted, overDock: false }),
  setOverDock: (overDock) => set((state) => (state.overDock === overDock ? state : { overDock })),
});
