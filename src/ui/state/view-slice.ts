/** How the page is set up: theme, panels and their sizes, filters. What a person sets is remembered for the next visit. */
import type { StateCreator } from 'zustand/vanilla';
import { recall, remember } from './remembered';
import type { UiState } from './store';

export type Theme = 'dark' | 'light' | 'contrast';
export type InspectorTab = 'summary' | 'yaml' | 'events' | 'logs' | 'history' | 'why';
/** By what the stage is laid out: by machines, by whatever makes pods, by the Services that send to them. */
export type Arrangement = 'machine' | 'workload' | 'service';
export type Panel = 'log' | 'inspector' | 'terminal';

/** What rows of the log come from: Kubernetes Events, components' logs, requests, votes of etcd, faults, what else was done. */
export const LOG_SOURCES = ['event', 'log', 'audit', 'raft', 'fault', 'input'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

export interface LogFilter {
  readonly sources: readonly LogSource[];
  readonly warningsOnly: boolean;
  /** Empty: all namespaces. */
  readonly namespace: string;
  /** Empty: all kinds. */
  readonly kind: string;
  readonly text: string;
}

export interface ViewSlice {
  readonly arrangement: Arrangement;
  readonly theme: Theme;
  /** For a room of people: bigger, thicker, with a pointer that is seen. */
  readonly projector: boolean;
  /** The page itself was asked for less motion, whatever the system says. */
  readonly lessMotion: boolean;
  readonly inspectorTab: InspectorTab;
  readonly inspectorWidth: number;
  readonly logHeight: number;
  readonly terminalHeight: number;
  readonly terminalOpen: boolean;
  /** What is to stand at the terminal's prompt next; empty: nothing. */
  readonly terminalDraft: string;
  readonly editorOpen: boolean;
  readonly libraryOpen: boolean;
  /**
   * The command palette is open; to choose what a fault is brought on, it names the fault, and between what else it lies, or of which
   * containers of that pod one is to be chosen.
   */
  readonly palette: {
    readonly fault: string | null;
    readonly from?: string;
    readonly containers?: readonly string[];
  } | null;
  /** The text in the editor when it was last closed. */
  readonly manifestDraft: string;
  readonly logFilter: LogFilter;
  readonly newestFirst: boolean;
  /** Also in the page's address, so that a link shows the same. */
  setArrangement(arrangement: Arrangement): void;
  setTheme(theme: Theme): void;
  setProjector(projector: boolean): void;
  setLessMotion(lessMotion: boolean): void;
  setInspectorTab(tab: InspectorTab): void;
  resizePanel(panel: Panel, pixels: number): void;
  setEditorOpen(open: boolean): void;
  setLibraryOpen(open: boolean): void;
  setPalette(palette: ViewSlice['palette']): void;
  setTerminalOpen(open: boolean): void;
  /** Opens the terminal with a command at its prompt. */
  putInTerminal(command: string): void;
  /** @returns what is to stand at the prompt, once */
  takeTerminalDraft(): string;
  setManifestDraft(text: string): void;
  filterLog(change: Partial<LogFilter>): void;
  setNewestFirst(newestFirst: boolean): void;
}

/** Which of the two schemes of a browser a theme belongs to. */
export const schemeOf = (theme: Theme): 'dark' | 'light' => (theme === 'light' ? 'light' : 'dark');

export const PANEL_LIMITS: Readonly<Record<Panel, { readonly min: number; readonly max: number }>> = {
  inspector: { min: 260, max: 560 },
  log: { min: 96, max: 420 },
  terminal: { min: 140, max: 600 },
};

const isTheme = (value: unknown): value is Theme => value === 'dark' || value === 'light' || value === 'contrast';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const clampPanel = (panel: Panel, pixels: number): number =>
  Math.min(PANEL_LIMITS[panel].max, Math.max(PANEL_LIMITS[panel].min, Math.round(pixels)));

function preferredTheme(): Theme {
  const asksFor = (query: string): boolean => globalThis.matchMedia?.(query).matches ?? false;
  const asked = asksFor('(prefers-contrast: more)')
    ? 'contrast'
    : asksFor('(prefers-color-scheme: light)')
      ? 'light'
      : 'dark';
  return recall('theme', isTheme, asked);
}

const ARRANGED_BY = 'by';

function arrangementInAddress(): Arrangement {
  const by = new URLSearchParams(location.search).get(ARRANGED_BY);
  return by === 'workload' || by === 'service' ? by : 'machine';
}

export const createViewSlice: StateCreator<UiState, [], [], ViewSlice> = (set, get) => ({
  arrangement: arrangementInAddress(),
  theme: preferredTheme(),
  projector: recall('projector', isBoolean, false),
  lessMotion: recall('lessMotion', isBoolean, false),
  inspectorTab: 'summary',
  inspectorWidth: clampPanel('inspector', recall('inspector', isSize, 318)),
  logHeight: clampPanel('log', recall('log', isSize, 148)),
  terminalHeight: clampPanel('terminal', recall('terminal', isSize, 260)),
  terminalOpen: false,
  terminalDraft: '',
  editorOpen: false,
  libraryOpen: false,
  palette: null,
  manifestDraft: '',
  logFilter: { sources: ['event', 'fault', 'input'], warningsOnly: false, namespace: '', kind: '', text: '' },
  newestFirst: recall('newestFirst', isBoolean, true),
  setArrangement: (arrangement) => {
    const address = new URL(location.href);
    if (arrangement === 'machine') address.searchParams.delete(ARRANGED_BY);
    else address.searchParams.set(ARRANGED_BY, arrangement);
    history.replaceState(history.state, '', address);
    set({ arrangement });
  },
  setTheme: (theme) => {
    remember('theme', theme);
    set({ theme });
  },
  setProjector: (projector) => {
    remember('projector', projector);
    set({ projector });
  },
  setLessMotion: (lessMotion) => {
    remember('lessMotion', lessMotion);
    set({ lessMotion });
  },
  setInspectorTab: (inspectorTab) => set({ inspectorTab }),
  resizePanel: (panel, pixels) => {
    const size = clampPanel(panel, pixels);
    remember(panel, size);
    set(
      panel === 'log'
        ? { logHeight: size }
        : panel === 'terminal'
          ? { terminalHeight: size }
          : { inspectorWidth: size },
    );
  },
  setEditorOpen: (editorOpen) => set(editorOpen ? { editorOpen, libraryOpen: false } : { editorOpen }),
  setLibraryOpen: (libraryOpen) => set(libraryOpen ? { libraryOpen, editorOpen: false } : { libraryOpen }),
  setPalette: (palette) => set({ palette }),
  setTerminalOpen: (terminalOpen) => set({ terminalOpen }),
  putInTerminal: (terminalDraft) => set({ terminalOpen: true, terminalDraft }),
  takeTerminalDraft: () => {
    const { terminalDraft } = get();
    if (terminalDraft !== '') set({ terminalDraft: '' });
    return terminalDraft;
  },
  setManifestDraft: (manifestDraft) => set({ manifestDraft }),
  filterLog: (change) => set((state) => ({ logFilter: { ...state.logFilter, ...change } })),
  setNewestFirst: (newestFirst) => {
    remember('newestFirst', newestFirst);
    set({ newestFirst });
  },
});
