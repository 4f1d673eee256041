/** The laptop's terminal: a panel that keeps its shell while it is closed. */
import '@xterm/xterm/css/xterm.css';
import '../theme/terminal.css';
import { type ITheme } from '@xterm/xterm';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Action } from '#engine/cluster/door';
import { PanelSplitter } from '../shell/panel-splitter';
import { useCommands } from '../state/commands';
import { recall, remember } from '../state/remembered';
import { useUi, useUiStore, type UiState } from '../state/store';
import { useText } from '../text/text';
import { FileEditor } from './file-editor';
import { LaptopBrowser } from './laptop-browser';
import { linkProvider, namesIn } from './links';
import { offeredAddress } from './page-answer';
import { Screen } from './screen';

const HISTORY = 'terminalHistory';
const isHistory = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((line) => typeof line === 'string');

const variable = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The page's colours, as the emulator takes them. */
function themeOfPage(): ITheme {
  return {
    background: variable('--card'),
    foreground: variable('--ink'),
    cursor: variable('--accent'),
    cursorAccent: variable('--card'),
    selectionBackground: variable('--selection'),
    green: variable('--ok'),
    brightGreen: variable('--ok'),
    yellow: variable('--amber'),
    brightYellow: variable('--amber'),
    red: variable('--red'),
    brightRed: variable('--red'),
    blue: variable('--accent'),
    brightBlue: variable('--accent'),
  };
}

/** In pixels; a room of people needs more. A line of `kubectl get pods -o wide` is to fit at 1280. */
const fontSizeOf = ({ projector }: Pick<UiState, 'projector'>): number => (projector ? 17 : 12.5);

export function TerminalPanel() {
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const open = useUi((state) => state.terminalOpen);
  const draft = useUi((state) => state.terminalDraft);
  const paused = useUi((state) => state.host?.pace.type === 'paused');
  const element = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen | null>(null);
  const [running, setRunning] = useState(false);
  const [shown, setShown] = useState<'terminal' | 'browser'>('terminal');
  const [offered, setOffered] = useState('');
  if (draft !== '' && shown !== 'terminal') setShown('terminal'); // what is put there is seen
  const [file, setFile] = useState<{ readonly path: string; readonly text: string } | null>(null);

  useEffect(() => {
    const place = element.current;
    if (place === null) return;
    const made = new Screen(
      place,
      {
        session: `terminal-${store.getState().mirror.now}`,
        history: recall(HISTORY, isHistory, []),
        send: async (action: Action) => {
          try {
            await commands.link.input(action);
            return true;
          } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            store.getState().notify({ tone: 'problem', text: message, action: null });
            return false;
          }
        },
        knowledge: () => {
          const { mirror } = store.getState();
          return { namespaces: mirror.namespaces, names: (kind, namespace) => namesIn(mirror, kind, namespace) };
        },
        remember: (history) => remember(HISTORY, history),
        running: (command) => {
          setRunning(command);
          if (!command) setFile(null);
        },
        edit: (path, content) => setFile({ path, text: content }),
        moreCandidates: (count) => store.getState().text.terminal.more(count),
      },
      themeOfPage(),
      store.getState().text.terminal.input,
      variable('--font-mono'),
      fontSizeOf(store.getState()),
    );
    screen.current = made;
    const links = linkProvider(
      made.terminal,
      () => store.getState().mirror,
      (subject) => store.getState().select(subject),
    );
    made.terminal.registerLinkProvider(links);
    const recolour = (): void => {
      made.terminal.options.theme = themeOfPage();
    };
    const unsubscribe = store.subscribe(({ mirror, theme, projector }, before) => {
      if (projector !== before.projector) {
        made.terminal.options.fontSize = fontSizeOf({ projector });
        made.fit();
      }
      if (theme !== before.theme) requestAnimationFrame(recolour); // when the page has its new colours
      if (mirror.printed === before.mirror.printed) return;
      for (const printed of mirror.printed) {
        made.printed(printed);
        const address = offeredAddress(printed.text);
        if (address !== null) setOffered(address);
      }
    });
    const resized = new ResizeObserver(() => made.fit());
    resized.observe(place);
    return () => {
      resized.disconnect();
      unsubscribe();
      made.dispose();
      screen.current = null;
    };
  }, [store, commands]);

  useEffect(() => {
    screen.current?.terminal.textarea?.setAttribute('aria-label', text.terminal.input);
  }, [text]);

  useEffect(() => {
    if (!open || shown !== 'terminal') return;
    screen.current?.fit();
    screen.current?.focus();
  }, [open, shown]);

  useEffect(() => {
    if (draft === '') return;
    screen.current?.put(store.getState().takeTerminalDraft());
    screen.current?.focus();
  }, [draft, store]);

  useEffect(() => {
    const place = element.current;
    // What is typed here is nobody else's, but for the key that closes the terminal.
    const keep = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey && event.key === '`')) event.stopPropagation();
    };
    place?.addEventListener('keydown', keep);
    return () => place?.removeEventListener('keydown', keep);
  }, []);

  return (
    <section className="terminal" aria-label={text.terminal.name} hidden={!open}>
      <PanelSplitter panel="terminal" label={text.terminal.resize} />
      <div className="log-bar">
        <div className="terminal-tabs" role="tablist">
          {(['terminal', 'browser'] as const).map((tab) => (
            <button key={tab} type="button" role="tab" aria-selected={shown === tab} onClick={() => setShown(tab)}>
              {tab === 'terminal' ? text.terminal.name : text.terminal.browser.name}
            </button>
          ))}
        </div>
        <span className="quiet" role="status">
          {running && paused ? text.terminal.paused : ''}
        </span>
        <button
          type="button"
          className="icon-button terminal-close"
          aria-label={text.terminal.close}
          title={text.terminal.close}
          onClick={() => store.getState().setTerminalOpen(false)}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </div>
      {file === null ? null : (
        <FileEditor
          key={file.path}
          path={file.path}
          text={file.text}
          onClose={(edited) => {
            setFile(null);
            screen.current?.edited(edited);
          }}
        />
      )}
      <div
        ref={element}
        className="terminal-screen"
        data-testid="terminal"
        data-running={running}
        hidden={shown !== 'terminal'}
      />
      <LaptopBrowser hidden={shown !== 'browser'} offered={offered} />
    </section>
  );
}
