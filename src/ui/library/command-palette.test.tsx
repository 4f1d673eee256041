import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { App } from '../shell/app';
import { createCommands } from '../state/commands';
import { pumpFrames } from '../state/frame-pump';
import { createUiStore, type UiStore } from '../state/store';
import { createScriptedLink, type ScriptedLink } from '../testing/scripted-link';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let host: HTMLElement;
let root: Root;
let store: UiStore;
let link: ScriptedLink;

const soon = <Found,>(find: () => Found | null | undefined): Promise<Found> =>
  vi.waitFor(
    async () => {
      await act(async () => undefined);
      const found = find();
      if (!found) throw new Error('not there yet');
      return found;
    },
    { timeout: 10_000 },
  );

const field = (label: string): Promise<HTMLInputElement> =>
  soon(() => document.querySelector<HTMLInputElement>(`[role="combobox"][aria-label="${label}"]`));

const titles = (): readonly string[] =>
  [...document.querySelectorAll('.palette-title')].map((title) => title.textContent ?? '');

const press = (element: Element, key: string, ctrlKey = false): Promise<void> =>
  act(
    async () =>
      void element.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true })),
  );

const type = (input: HTMLInputElement, words: string): Promise<void> =>
  act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, words);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });

beforeEach(async () => {
  localStorage.clear();
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  store = createUiStore();
  link = createScriptedLink({ workers: 2, zones: 2, live: false, apps: [['web', 4, 'Running']] });
  pumpFrames(link, store, null);
  await act(async () => root.render(<App store={store} commands={createCommands(link, store)} motion={null} />));
  await act(async () => link.advance(8 * SECOND));
  await press(document.body, 'k', true);
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

const ANYTHING = 'Find an app, a fault, a command or an object';

it('brings a fault on a machine by keys alone, and offers to heal it', async () => {
  const input = await field(ANYTHING);
  await type(input, 'incoming');
  expect(titles()).toEqual(['Cut incoming only']);
  await press(input, 'Enter');
  const target = await field('Cut incoming only: on what?');
  expect(titles()).toEqual(['control-plane-1', 'node-1', 'node-2']);
  await press(target, 'ArrowUp');
  await press(target, 'Enter');
  expect(link.actions).toMatchObject([
    { type: 'fault', fault: { type: 'cut-cable', machine: 'node-2', direction: 'in' } },
  ]);
  await act(async () => store.getState().notices.at(-1)?.action?.run());
  expect(link.actions.at(-1)).toMatchObject({ type: 'heal' });
  expect(store.getState().palette).toBeNull();
});

it('asks of which container of a pod, where several run', async () => {
  const pod = [...store.getState().mirror.podsByNode.values()].flat().find(({ app }) => app.endsWith('/web'))!;
  const entry = {
    role: 'main',
    reason: '',
    exitCode: null,
    ready: true,
    started: true,
    restarts: 0,
    probes: [],
  } as const;
  const running = (name: string) => ({ ...entry, name, state: 'running', really: 'running' }) as const;
  const done = { ...entry, name: 'prepare', role: 'init', state: 'terminated', really: 'exited' } as const;
  const look = vi.spyOn(link, 'look').mockResolvedValue({ [pod.uid]: [done, running('server'), running('proxy')] });
  const input = await field(ANYTHING);
  await type(input, 'kill container');
  await press(input, 'Enter');
  const target = await field('Kill container: on what?');
  await type(target, pod.name);
  await press(target, 'Enter');
  const which = await field(`Kill container: which one of ${pod.namespace}/${pod.name}?`);
  expect(look).toHaveBeenCalledWith({ type: 'containers', nodes: [pod.node] });
  expect(titles()).toEqual(['server', 'proxy']);
  await press(which, 'ArrowDown');
  await press(which, 'Enter');
  expect(link.actions).toMatchObject([
    { type: 'fault', fault: { type: 'kill-process', namespace: pod.namespace, pod: pod.name, container: 'proxy' } },
  ]);
});

it('finds every object by its name and selects it', async () => {
  const input = await field(ANYTHING);
  await type(input, 'machine node-1');
  expect(titles()[0]).toBe('node-1');
  await press(input, 'Enter');
  expect(store.getState().selection).toEqual({ kind: 'Machine', namespace: '', name: 'node-1' });
});

it('deploys an app', async () => {
  const input = await field(ANYTHING);
  await type(input, 'deploy guest');
  await press(input, 'Enter');
  await vi.waitFor(() => expect(link.actions.at(-1)).toMatchObject({ type: 'apply' }));
  const offer = await soon(() => store.getState().notices.at(-1)?.action);
  expect(offer.label).toBe('Copy as command');
  offer.run();
  await soon(() => store.getState().notices.find(({ text }) => text.includes(`kubectl apply -f - <<'EOF'`)));
});
