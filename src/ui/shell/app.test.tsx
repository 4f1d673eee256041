import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { wantsLessMotion } from '../motion/motion';
import { createCommands } from '../state/commands';
import { pumpFrames } from '../state/frame-pump';
import { createUiStore, type UiStore } from '../state/store';
import { createScriptedLink, type ScriptedLink } from '../testing/scripted-link';
import { en } from '../text/en';
import { App } from './app';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** What comes late is compiled first, on a machine that may be busy. */
const LATE = { timeout: 20_000 };

let host: HTMLElement;
let root: Root;
let store: UiStore;
let link: ScriptedLink;

const advance = (seconds: number): Promise<void> => act(async () => link.advance(seconds * SECOND));

const find = (selector: string): HTMLElement => {
  const element = host.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`nothing matches ${selector}`);
  return element;
};

const machine = (name: string): HTMLElement => find(`[data-kind="Machine"][data-name="${name}"]`);

const press = (element: HTMLElement, key: string): Promise<void> =>
  act(async () => {
    element.focus();
    element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });

const click = (element: HTMLElement): Promise<void> => act(async () => element.click());

const button = (name: string): HTMLElement => {
  const found = [...document.querySelectorAll<HTMLElement>('button')].find(
    (candidate) => (candidate.getAttribute('aria-label') ?? candidate.textContent) === name,
  );
  if (!found) throw new Error(`no button is named ${name}`);
  return found;
};

beforeEach(async () => {
  localStorage.clear();
  localStorage.setItem('kubarium.toured', 'true');
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  store = createUiStore();
  link = createScriptedLink({ workers: 2, zones: 2, live: false, apps: [['web', 4, 'Running']] });
  pumpFrames(link, store, null);
  const commands = createCommands(link, store);
  await act(async () => root.render(<App store={store} commands={commands} motion={null} />));
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

describe('the page', { timeout: 30_000 }, () => {
  it('says how far the cluster has booted, and stops saying so', async () => {
    expect(find('.boot').textContent).toBe(en.boot.loading);
    await advance(0.1);
    expect(find('.boot').textContent).toBe('Booting: 0 of 3 machines Ready');
    await advance(5);
    expect(host.querySelector('.boot')).toBeNull();
  });

  it('names machines and pods as tools find them', async () => {
    await advance(8);
    const node = machine('node-1');
    expect(node.dataset).toMatchObject({ kind: 'Machine', name: 'node-1', state: 'Ready' });
    expect(node.getAttribute('aria-label')).toBe('Machine node-1, Ready, 2 pods');
    const pod = find('[data-kind="Pod"]');
    expect(pod.dataset).toMatchObject({ namespace: 'default', state: 'Running' });
    expect(pod.getAttribute('aria-label')).toMatch(/^Pod default\/web-\S+, Running, on node-\d$/);
    expect(find('[data-kind="Process"][data-name="control-plane-1/etcd"]').getAttribute('aria-label')).toBe(
      'Process control-plane-1/etcd, running',
    );
    expect(find('[data-testid="virtual-time"]').textContent).toBe('00:00:08.0');
  });

  it('cuts the power of a focused machine by the Delete key, and gives it back by its button', async () => {
    await advance(8);
    await press(machine('node-1'), 'Delete');
    expect(link.actions).toMatchObject([{ type: 'fault', fault: { type: 'power-off', machine: 'node-1' } }]);
    await advance(1);
    expect(machine('node-1').dataset['state']).toBe('Off');
    expect(machine('node-1').textContent).toContain('no power · API: Ready');

    await advance(60);
    expect(machine('node-1').textContent).toContain('no power · API: NotReady');

    await click(button('Power on node-1'));
    expect(link.actions.at(-1)).toMatchObject({ type: 'heal' });
    await advance(5);
    expect(machine('node-1').dataset['state']).toBe('Ready');
  });

  it('lifts a machine by the space bar and drops it into the dock', async () => {
    await advance(8);
    await press(machine('node-2'), ' ');
    expect(machine('node-2').dataset['lifted']).toBe('true');
    await click(button('Power-off dock'));
    expect(link.actions.at(-1)).toMatchObject({ fault: { type: 'power-off', machine: 'node-2' } });
    expect(host.querySelector('.dock')).toBeNull();
  });

  it('puts a lifted machine down again by Escape, and cuts nothing', async () => {
    await advance(8);
    await press(machine('node-2'), ' ');
    await press(button('Power-off dock'), 'Escape');
    expect(host.querySelector('.dock')).toBeNull();
    expect(link.actions).toEqual([]);
  });

  it('deletes the pod that has the focus by the Delete key', async () => {
    await advance(8);
    const pod = find('[data-kind="Pod"]');
    await press(pod, 'Delete');
    const deletion = {
      type: 'request',
      method: 'DELETE',
      path: `/api/v1/namespaces/default/pods/${pod.dataset['name']}`,
    };
    await vi.waitFor(() => expect(link.actions.at(-1)).toMatchObject(deletion), { timeout: 20_000 }); // its code comes late
  });

  it('cuts a cable that is grabbed, plugs it in by the next grab, and heals the latest fault by Ctrl+Z', async () => {
    await advance(8);
    const grab = (): Promise<void> =>
      act(async () => void find('[data-cable="node-1"]').dispatchEvent(new MouseEvent('click', { bubbles: true })));
    await grab();
    expect(link.actions.at(-1)).toMatchObject({
      fault: { type: 'cut-cable', machine: 'node-1', direction: 'both' },
    });
    await advance(1);
    expect(machine('node-1').textContent).toContain('cable cut · API: Ready');
    await grab();
    expect(link.actions.at(-1)).toMatchObject({ type: 'heal' });
    await advance(1);
    await grab();
    await advance(1);
    await act(
      async () =>
        void document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true })),
    );
    expect(link.actions.at(-1)).toMatchObject({ type: 'heal' });
  });

  it('selects by Enter, closes by Escape', async () => {
    await advance(8);
    await press(machine('node-1'), 'Enter');
    expect(find('.inspector h2').textContent).toBe('node-1');
    await press(document.body, 'Escape');
    expect(store.getState().selection).toBeNull();
  });

  it('scales a Deployment by its stepper, and quick steps add up', async () => {
    await advance(8);
    const more = button('Scale web up');
    await act(async () => more.click());
    await act(async () => more.click());
    const replicas = link.actions.map((action) => (action.type === 'request' ? action.body : null));
    expect(replicas).toEqual([{ spec: { replicas: 5 } }, { spec: { replicas: 6 } }]);
    await advance(8);
    expect(find('.workload-words .quiet').textContent).toBe('6 of 6 ready');
  });

  it('speaks Chinese at once when told to, remembers it, and is told back', async () => {
    await advance(8);
    await click(button(en.language.switchToOther));
    await vi.waitFor(() => expect(find('.rail').getAttribute('aria-label')).toBe('放到舞台上'), LATE);
    expect(document.documentElement.lang).toBe('zh-Hans');
    expect(find('[data-kind="Pod"]').getAttribute('aria-label')).toMatch(
      /^Pod default\/web-\S+，Running，在 node-\d 上$/,
    );
    await press(machine('node-1'), 'Delete');
    expect(find('[role="status"] .notice').textContent).toContain('node-1 已断电。');
    expect(localStorage.getItem('kubarium.language')).toBe('"zh"');
    await click(button('切换到英文（English）'));
    await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'), LATE);
  });

  it('takes its look from the settings, and remembers it', async () => {
    await click(button(en.settings.name));
    const choice = (role: string, name: string): Promise<HTMLElement> =>
      vi.waitFor(() => {
        const found = [...document.querySelectorAll<HTMLElement>(`[role="${role}"]`)].find(
          (candidate) => candidate.textContent === name,
        );
        if (!found) throw new Error(`no ${role} is named ${name}`);
        return found;
      }, LATE);
    await click(await choice('menuitemradio', en.settings.themes.contrast));
    expect(document.documentElement.dataset).toMatchObject({ theme: 'contrast', mantineColorScheme: 'dark' });
    await click(await choice('menuitemcheckbox', en.settings.projector));
    expect(document.documentElement.dataset['projector']).toBe('');
    await vi.waitFor(() => expect(document.querySelector('.presenter-pointer')).not.toBeNull(), LATE);
    await click(await choice('menuitemcheckbox', en.settings.lessMotion));
    expect(wantsLessMotion()).toBe(true);
    expect(['theme', 'projector', 'lessMotion'].map((key) => localStorage.getItem(`kubarium.${key}`))).toEqual([
      '"contrast"',
      'true',
      'true',
    ]);
  });

  it('lists Events in a table, and narrows it to warnings', async () => {
    await advance(8);
    await act(async () => void (await import('../log/event-log'))); // it comes late
    await vi.waitFor(() => expect(host.querySelector('[role="table"]')).not.toBeNull(), LATE);
    const rows = (): number => Number(find('[role="table"][aria-label="Events"]').getAttribute('aria-rowcount'));
    await vi.waitFor(() => act(async () => expect(rows()).toBeGreaterThan(5)), LATE);
    await click(button('Warnings'));
    expect(rows()).toBe(1);
  });

  it('says in the words of the API server why it has refused', async () => {
    await advance(8);
    await act(async () => store.getState().notify({ tone: 'problem', text: 'pods "x" not found', action: null }));
    expect(find('[role="status"] .notice').textContent).toContain('pods "x" not found');
  });

  it('goes on showing the stage when the engine has crashed, and offers a report', async () => {
    await advance(8);
    const crash = { message: 'queue is empty', stack: 'at run', seed: 7, events: 9, report: '{}', canResume: true };
    await act(async () => link.crash(crash));
    await vi.waitFor(() => expect(document.body.textContent).toContain(en.crash.title), LATE);
    expect(button('Copy report')).toBeTruthy();
    await click(button('Go on from the last checkpoint'));
    expect(store.getState().crash).toBeNull();
    expect(machine('node-1')).toBeTruthy();
  });
});
