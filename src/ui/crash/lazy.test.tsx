import { act, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { describe, expect, it, vi } from 'vitest';
import { lazy } from './lazy';
import { PanelBoundary } from './panel-boundary';

describe('a part that is loaded late', () => {
  it('is loaded anew by Try again when it could not be loaded, as often as that takes', async () => {
    const quiet = vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
    let asked = 0;
    const Part = lazy(
      async () => {
        asked++;
        if (asked < 3) throw new Error(`no network ${asked}`);
        return { What: ({ what }: { what: string }) => <p>{what} is here</p> };
      },
      ({ What }) => What,
    );
    const page = document.createElement('div');
    const root = createRoot(page);
    await act(async () =>
      root.render(
        <PanelBoundary name="Library">
          <Suspense fallback="waiting">
            <Part what="it" />
          </Suspense>
        </PanelBoundary>,
      ),
    );
    expect(page.textContent).toContain('no network 1');
    const tryAgain = async (): Promise<void> => act(async () => page.querySelector('button')?.click());
    await tryAgain();
    expect(page.textContent).toContain('no network 2');
    await tryAgain();
    expect(page.textContent).toBe('it is here');
    expect(asked).toBe(3);
    await act(async () => root.unmount());
    vi.unstubAllGlobals();
    quiet.mockRestore();
  });
});
