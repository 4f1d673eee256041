import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { type Commands, createCommands } from '../state/commands';
import '../stage/group';
import { pumpFrames } from '../state/frame-pump';
import { createUiStore, type UiStore } from '../state/store';
import { createScriptedLink, type ScriptedLink } from '../testing/scripted-link';
import { en } from '../text/en';
import { App } from './app';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let host: HTMLElement;
let root: Root;
let store: UiStore;
let link: ScriptedLink;
let commands: Commands;

const advance = (seconds: number): Promise<void> => act(async () => link.advance(seconds * SECOND));
const bar = (): HTMLElement => host.querySelector<HTMLElement>('.quorum') as HTMLElement;
const machine = (name: string): HTMLElement =>
  host.querySelector<HTMLElement>(`[data-kind="Machine"][data-name="${name}"]`)!;
const click = (element: Element | null): Promise<void> => act(async () => (element as HTMLElement).click());

beforeEach(async () => {
  localStorage.clear();
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  store = createUiStore();
  link = createScriptedLink({ workers: 2, zones: 2, masters: 3, live: false, apps: [['web', 4, 'Running']] });
  pumpFrames(link, store, null);
  commands = createCommands(link, store, en);
  await act(async () => root.render(<App store={store} commands={commands} motion={null} text={en} />));
  await advance(10);
  await act(() => vi.waitUntil(() => bar() !== null));
});

afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

describe('several control planes', () => {
  it('say who leads and how many may be lost; without a majority what is wrong and what helps', async () => {
    expect(bar().getAttribute('role')).toBe('status');
    expect(bar().textContent).toContain('control-plane-1 leads · term 2');
    expect(bar().textContent).toContain('3 of 3 members · one may be lost');
    await act(async () => commands.powerOff('control-plane-1'));
    await advance(5);
    expect(bar().textContent).toContain('2 of 3 members · no more may be lost');
    await act(async () => commands.powerOff('control-plane-2'));
    await advance(5);
    expect(bar().getAttribute('role')).toBe('alert');
    expect(bar().textContent).toContain(
      '2 of 3 members are gone: nothing can be written; running pods go on. Power on one control plane.',
    );
    await click(bar().querySelector('button'));
    expect(link.actions.at(-1)).toMatchObject({ type: 'heal' });
    await advance(5);
    expect(bar().getAttribute('role')).toBe('status');
  });

  it('are cut apart between two of them, and mended at the same place', async () => {
    const cut = (): Element | null =>
      host.querySelector(`[aria-label="${en.group.cut('control-plane-1', 'control-plane-2')}"]`);
    await click(cut());
    expect(link.actions.at(-1)).toMatchObject({
      fault: { type: 'partition', from: ['control-plane-1'], to: ['control-plane-2', 'control-plane-3'] },
    });
    await advance(1);
    expect(cut()).toBeNull();
    await click(host.querySelector(`[aria-label="${en.group.mend('control-plane-1', 'control-plane-2')}"]`));
    await advance(1);
    expect(store.getState().mirror.faults).toEqual([]);
  });
});

describe('the disk of a machine', () => {
  it('is filled and emptied, and the machine says so', async () => {
    await act(async () => commands.setDisk('node-1', 'disk-full', true));
    await advance(1);
    expect(link.actions.at(-1)).toMatchObject({ type: 'fault', fault: { type: 'disk-full', machine: 'node-1' } });
    expect(machine('node-1').getAttribute('aria-label')).toBe('Machine node-1, Ready, disk full, 2 pods');
    expect(machine('node-1').textContent).toContain('disk full');
    await act(async () => commands.setDisk('node-1', 'disk-full', false));
    await advance(1);
    expect(machine('node-1').textContent).not.toContain('disk full');
  });

  it('is slowed so much that a leader loses the lead; corrupt, it offers the reboot that shows it', async () => {
    await act(async () => commands.setDisk('control-plane-1', 'disk-slow', true));
    expect(link.actions.at(-1)).toMatchObject({ fault: { type: 'disk-slow', times: 2000 } });
    await act(async () => commands.setDisk('control-plane-1', 'disk-corrupt', true));
    const notice = store.getState().notices.at(-1)!;
    expect(notice.text).toBe("etcd's log on control-plane-1 is corrupt. It will notice when it starts next.");
    await act(async () => notice.action!.run());
    expect(link.actions.at(-1)).toMatchObject({ fault: { type: 'reboot', machine: 'control-plane-1' } });
  });
});
