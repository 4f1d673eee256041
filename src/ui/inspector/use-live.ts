/** Asks the engine for something about the selected thing, and again when the thing has changed, but not too often. */
import { useEffect, useRef, useState } from 'react';

/** Real milliseconds between two questions. */
const PAUSE_MS = 400;

export type Live<Value> =
  | { readonly state: 'waiting' }
  | { readonly state: 'here'; readonly value: Value }
  | { readonly state: 'failed'; readonly message: string };

/**
 * @param ask - the question; a new function is a new question, whose predecessor's answer is no longer of interest
 * @param version - whatever changes when the answer may have changed
 */
export function useLive<Value>(ask: () => Promise<Value>, version: unknown): Live<Value> {
  const [live, setLive] = useState<Live<Value>>({ state: 'waiting' });
  const current = useRef<(() => Promise<Value>) | null>(null);
  const askedMs = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    current.current = ask;
    askedMs.current = Number.NEGATIVE_INFINITY;
    setLive({ state: 'waiting' });
    return () => {
      current.current = null;
    };
  }, [ask]);

  useEffect(() => {
    const question = (): void => {
      askedMs.current = performance.now();
      ask().then(
        (value) => {
          if (current.current === ask) setLive({ state: 'here', value });
        },
        (error: unknown) => {
          if (current.current !== ask) return;
          setLive({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
        },
      );
    };
    const timer = setTimeout(question, Math.max(0, askedMs.current + PAUSE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [ask, version]);

  return live;
}
