/** Fetches the parts that a first click needs while nothing else is to be done, so that the click finds them here. */

const LATEST_MS = 4_000;

export function preloadParts(): void {
  const load = (): void => {
    void Promise.all([
      import('../inspector/selection-tabs'),
      import('../stage/machine-menu'),
      import('../crash/crash-panel'),
    ]).catch(() => {
      // Offline, or a new version was put up meanwhile: the click itself will say so.
    });
  };
  if ('requestIdleCallback' in globalThis) requestIdleCallback(load, { timeout: LATEST_MS });
  else setTimeout(load, LATEST_MS);
}
