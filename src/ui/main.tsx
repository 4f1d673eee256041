/** The page begins here: connects to the engine, starts it, and draws what it tells. */
import { createRoot } from 'react-dom/client';
import { connectEngine } from '#host/worker/link';
import type { EngineLink } from '#host/worker/protocol';
import { createFlightBoard } from './motion/flight-board';
import { createPulseBoard } from './motion/pulse-board';
import { App } from './shell/app';
import { rememberWhereLeft, whereLeft } from './shell/left-off';
import { preloadParts } from './shell/preload';
import { startOptions } from './shell/start-options';
import { createCommands } from './state/commands';
import { pumpFrames } from './state/frame-pump';
import { preferredLanguage } from './state/language-slice';
import { createUiStore } from './state/store';
import './theme/styles';

async function openLink(query: URLSearchParams): Promise<EngineLink> {
  if (import.meta.env.DEV && query.get('link') === 'scripted') {
    const { openScriptedLink } = await import('./testing/open-scripted-link');
    return openScriptedLink(query);
  }
  return connectEngine();
}

async function begin(root: HTMLElement): Promise<void> {
  const query = new URLSearchParams(location.search);
  const store = createUiStore();
  const link = await openLink(query);
  // Scripts in the console and the tests in e2e drive the same link and the same view as the page.
  Object.assign(globalThis, { kubarium: { link, store } });
  const motion = { flights: createFlightBoard(root), pulses: createPulseBoard() };
  pumpFrames(link, store, motion);
  const language = preferredLanguage();
  if (language !== 'en')
    await store
      .getState()
      .setLanguage(language)
      .catch(() => undefined); // offline: in English
  createRoot(root).render(<App store={store} commands={createCommands(link, store)} motion={motion} />);
  rememberWhereLeft(store);
  let options = startOptions(query);
  try {
    if (location.hash.startsWith('#run=')) {
      const { openShared } = await import('./share/open-shared');
      const shared = await openShared(location.hash.slice(1), store.getState().language);
      if ('options' in shared) ({ options } = shared);
      else store.getState().notify({ tone: 'problem', text: shared.problem, action: null });
    }
    await link.start({ ...options, ...whereLeft(options) });
    preloadParts(link);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    store.getState().notify({ tone: 'problem', text: store.getState().text.boot.failed(reason), action: null });
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
void begin(root);
