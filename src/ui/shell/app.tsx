/** The whole page: header, rail, stage, inspector, event log, timeline. Each panel stands and falls alone. */
import { ReactFlowProvider } from '@xyflow/react';
import { Suspense, useLayoutEffect, useState, type CSSProperties } from 'react';
import { lazy } from '../crash/lazy';
import { useStore } from 'zustand/react';
import { PanelBoundary } from '../crash/panel-boundary';
import { Header } from '../header/header';
import { Inspector } from '../inspector/inspector';
import { MotionContext, type MotionBoards } from '../motion/motion';
import { Notices } from '../notices/notices';
import { Rail } from '../rail/rail';
import { Stage } from '../stage/stage';
import { CommandsContext, useCommands, type Commands } from '../state/commands';
import { UiStoreContext, useUi, type UiStore } from '../state/store';
import { LANGUAGE_TAGS } from '../text/language';
import { schemeOf } from '../state/view-slice';
import { TextContext, useText } from '../text/text';
import { Timeline } from '../timeline/timeline';
import { useDroppedManifests } from './use-dropped-manifests';
import { useShortcuts } from './use-shortcuts';
import { useSettled } from './use-settled';

const EventLog = lazy(
  () => import('../log/event-log'),
  ({ EventLog }) => EventLog,
);

const ApplyPanel = lazy(
  () => import('../editor/apply-panel'),
  ({ ApplyPanel }) => ApplyPanel,
);

const LibraryPanel = lazy(
  () => import('../library/library-panel'),
  ({ LibraryPanel }) => LibraryPanel,
);

const CommandPalette = lazy(
  () => import('../library/command-palette'),
  ({ CommandPalette }) => CommandPalette,
);

const TerminalPanel = lazy(
  () => import('../terminal/terminal-panel'),
  ({ TerminalPanel }) => TerminalPanel,
);

const CrashPanel = lazy(
  () => import('../crash/crash-panel'),
  ({ CrashPanel }) => CrashPanel,
);

const Tour = lazy(
  () => import('../tour/tour'),
  ({ Tour }) => Tour,
);

const PresenterPointer = lazy(
  () => import('./presenter-pointer'),
  ({ PresenterPointer }) => PresenterPointer,
);

type PanelVariables = CSSProperties & Record<'--inspector-width' | '--log-height' | '--terminal-height', string>;

interface AppProps {
  readonly store: UiStore;
  readonly commands: Commands;
  readonly motion: MotionBoards | null;
}

export function App({ store, commands, motion }: AppProps) {
  const text = useStore(store, (state) => state.text);
  return (
    <UiStoreContext value={store}>
      <CommandsContext value={commands}>
        <TextContext value={text}>
          <MotionContext value={motion}>
            <Shell store={store} />
          </MotionContext>
        </TextContext>
      </CommandsContext>
    </UiStoreContext>
  );
}

function Shell({ store }: { store: UiStore }) {
  const text = useText();
  const theme = useUi((state) => state.theme);
  const editorOpen = useUi((state) => state.editorOpen);
  const libraryOpen = useUi((state) => state.libraryOpen);
  const palette = useUi((state) => state.palette);
  const inspectorWidth = useUi((state) => state.inspectorWidth);
  const logHeight = useUi((state) => state.logHeight);
  const terminalHeight = useUi((state) => state.terminalHeight);
  const terminalOpen = useUi((state) => state.terminalOpen);
  const [terminalWanted, setTerminalWanted] = useState(false);
  if (terminalOpen && !terminalWanted) setTerminalWanted(true); // it keeps its shell while it is closed
  const crash = useUi((state) => state.crash);
  const tour = useUi((state) => state.tour);
  useShortcuts(store, useCommands());
  useDroppedManifests(store);
  const settled = useSettled();
  const projector = useUi((state) => state.projector);
  const lessMotion = useUi((state) => state.lessMotion);
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    dataset['mantineColorScheme'] = schemeOf(theme);
    dataset['theme'] = theme;
    dataset['motion'] = lessMotion ? 'less' : 'all';
    if (projector) dataset['projector'] = '';
    else delete dataset['projector'];
  }, [theme, lessMotion, projector]);
  const language = useUi((state) => state.language);
  useLayoutEffect(() => {
    document.documentElement.lang = LANGUAGE_TAGS[language];
  }, [language]);
  const sizes: PanelVariables = {
    '--inspector-width': `${inspectorWidth}px`,
    '--log-height': `${logHeight}px`,
    '--terminal-height': `${terminalHeight}px`,
  };

  return (
    <ReactFlowProvider>
      <div className="shell" data-terminal={terminalOpen ? 'open' : 'closed'} style={sizes}>
        <PanelBoundary name={text.app.name} area="header">
          <Header />
        </PanelBoundary>
        <PanelBoundary name={text.rail.name} area="rail">
          <Rail />
        </PanelBoundary>
        <main className="shell-main">
          <PanelBoundary name={text.stage.name}>
            <Stage />
          </PanelBoundary>
          {editorOpen ? (
            <PanelBoundary name={text.editor.name}>
              <Suspense fallback={null}>
                <ApplyPanel />
              </Suspense>
            </PanelBoundary>
          ) : null}
          {libraryOpen ? (
            <PanelBoundary name={text.rail.library}>
              <Suspense fallback={null}>
                <LibraryPanel />
              </Suspense>
            </PanelBoundary>
          ) : null}
          <PanelBoundary name={text.notice.name}>
            <Notices />
          </PanelBoundary>
          {tour === null ? null : (
            <PanelBoundary name={text.app.name}>
              <Suspense fallback={null}>
                <Tour at={tour} />
              </Suspense>
            </PanelBoundary>
          )}
        </main>
        <PanelBoundary name={text.inspector.name} area="inspector">
          <Inspector />
        </PanelBoundary>
        {terminalWanted ? (
          <PanelBoundary name={text.terminal.name} area="terminal">
            <Suspense fallback={null}>
              <TerminalPanel />
            </Suspense>
          </PanelBoundary>
        ) : null}
        <PanelBoundary name={text.log.name} area="log">
          {settled ? (
            <Suspense fallback={<section className="log" aria-label={text.log.panel} />}>
              <EventLog />
            </Suspense>
          ) : (
            <section className="log" aria-label={text.log.panel} />
          )}
        </PanelBoundary>
        <PanelBoundary name={text.timeline.name} area="timeline">
          <Timeline />
        </PanelBoundary>
      </div>
      {palette ? (
        <PanelBoundary name={text.rail.palette}>
          <Suspense fallback={null}>
            <CommandPalette key={palette.fault} fault={palette.fault} />
          </Suspense>
        </PanelBoundary>
      ) : null}
      {projector ? (
        <Suspense fallback={null}>
          <PresenterPointer />
        </Suspense>
      ) : null}
      {crash ? (
        <Suspense fallback={null}>
          <CrashPanel crash={crash} />
        </Suspense>
      ) : null}
    </ReactFlowProvider>
  );
}
