/** Asks the engine for something about the selected thing, and again when the thing has changed, but not too often. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CloserLook, CloserLooks } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { useCommands } from '../state/commands';
import { findObject } from '../state/mirror';
import { useUiStore, type UiState } from '../state/store';

/** Real milliseconds between two questions. */
const PAUSE_MS = 400;

export type Live<Value> =
  | { readonly state: 'waiting' }
  | { readonly state: 'here'; readonly value: Value }
  | { readonly state: 'failed'; readonly message: string };

interface Answered<Value> {
  readonly ask: () => Promise<Value>;
  readonly live: Live<Value>;
}

/**
 * @param ask - the question; keep it (`useCallback`): a new function is a new question
 * @param watch - picks from the state what changes when the answer may have changed; keep it too
 * @returns the answer so far, and a way to ask again at once
 */
export function useLive<Value>(
  ask: () => Promise<Value>,
  watch: (state: UiState) => unknown,
): readonly [Live<Value>, () => void] {
  const store = useUiStore();
  const [answered, setAnswered] = useState<Answered<Value> | null>(null);
  const askNow = useRef<() => void>(() => {});

  useEffect(() => {
    let cancelled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let askedMs = Number.NEGATIVE_INFINITY;
    const answer = (live: Live<Value>): void => {
      if (!cancelled) setAnswered({ ask, live });
    };
    const question = (): void => {
      timer = undefined;
      askedMs = performance.now();
      ask().then(
        (value) => answer({ state: 'here', value }),
        (error: unknown) =>
          answer({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
      );
    };
    let seen = watch(store.getState());
    const unsubscribe = store.subscribe((state) => {
      const next = watch(state);
      if (next === seen) return;
      seen = next;
      timer ??= setTimeout(question, Math.max(0, askedMs + PAUSE_MS - performance.now()));
    });
    askNow.current = question;
    question();
    return () => {
      cancelled = true;
      clearTimeout(timer);
      unsubscribe();
    };
  }, [ask, watch, store]);

  const live: Live<Value> = answered?.ask === ask ? answered.live : { state: 'waiting' };
  return [live, useCallback(() => askNow.current(), [])];
}

/** What changes when an object may have changed: what the frames tell of it; of a kind that they tell nothing of, the virtual second. */
const useWatch = ({ kind, namespace, name }: Subject): ((state: UiState) => unknown) =>
  useCallback(
    ({ mirror }: UiState) => findObject(mirror, { kind, namespace, name }) ?? Math.floor(mirror.now / SECOND),
    [kind, namespace, name],
  );

/** The whole object as the API server has it. Null: it is gone. */
export function useObject(subject: Subject): readonly [Live<unknown>, () => void] {
  const { link } = useCommands();
  const { kind, namespace, name } = subject;
  const ask = useCallback(() => link.object({ kind, namespace, name }), [link, kind, namespace, name]);
  return useLive(ask, useWatch(subject));
}

/** A closer look at one object. */
export function useCloserLook<What extends 'versions' | 'relations'>(
  type: What,
  subject: Subject,
): Live<CloserLooks[What]> {
  const { link } = useCommands();
  const { kind, namespace, name } = subject;
  const ask = useCallback(
    () => link.look({ type, subject: { kind, namespace, name } } as Extract<CloserLook, { readonly type: What }>),
    [link, type, kind, namespace, name],
  );
  return useLive(ask, useWatch(subject))[0];
}
