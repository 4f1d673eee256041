/** Small settings that outlive the page. A browser may refuse storage altogether: then nothing is remembered. */

const PREFIX = 'kubarium.';

/** What was remembered under `key`, if it still passes `accepts`; else `fallback`. */
export function recall<Value>(key: string, accepts: (value: unknown) => value is Value, fallback: Value): Value {
  try {
    const text = globalThis.localStorage.getItem(PREFIX + key);
    if (text === null) return fallback;
    const value: unknown = JSON.parse(text);
    return accepts(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Remembers a small plain value. */
export function remember(key: string, value: unknown): void {
  try {
    globalThis.localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the setting holds for this visit only.
  }
}
