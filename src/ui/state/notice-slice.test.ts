import { describe, expect, it } from 'vitest';
import type { TimeStatus } from '#host/worker/protocol';
import { frame, hostStatus } from '../testing/builders';
import { createUiStore, type UiStore } from './store';

const texts = (store: UiStore): readonly string[] => store.getState().notices.map(({ text }) => text);
const tell = (store: UiStore, tone: 'info' | 'problem', text: string): void =>
  store.getState().notify({ tone, text, action: null });

describe('messages', () => {
  it('are one piece of news at a time, since the stage is under them; a problem stays beside it', () => {
    const store = createUiStore();
    tell(store, 'info', 'node-1 has no power.');
    tell(store, 'info', 'NodeNotReady');
    expect(texts(store)).toEqual(['NodeNotReady']);
    tell(store, 'problem', 'pods "x" not found');
    tell(store, 'info', 'web: applied.');
    expect(texts(store)).toEqual(['pods "x" not found', 'web: applied.']);
    tell(store, 'problem', 'pods "y" not found');
    expect(texts(store)).toEqual(['pods "x" not found', 'pods "y" not found']);
  });

  it('of what the past has refused go with the past', () => {
    const store = createUiStore();
    const at = (past: boolean): void => {
      const time: TimeStatus = { version: past ? 1 : 2, past, track: 1, end: 0, tracks: [] };
      store.getState().applyFrame(frame(), hostStatus({ time }), 0);
    };
    at(true);
    tell(store, 'problem', 'You look at the past');
    at(true);
    expect(texts(store)).toEqual(['You look at the past']);
    at(false);
    expect(texts(store)).toEqual([]);
  });
});
