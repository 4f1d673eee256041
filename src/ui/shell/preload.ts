/**
 * Fetches the parts that a first click needs as soon as a hand moves or a key is pressed, so that the click finds them here
 * and whoever only looks on fetches nothing but the engine's own late code: half a minute after its start a cluster gets a
 * StorageClass, of which its API server knows only then.
 */

import type { EngineLink } from '#host/worker/protocol';

/** Long after the start, and before a cluster at its natural pace needs it. */
const ENGINE_AFTER_MS = 15_000;
const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown'] as const;

export function preloadParts(link: EngineLink): void {
  const later = setTimeout(() => void link.prepare().catch(() => undefined), ENGINE_AFTER_MS);
  const load = (): void => {
    clearTimeout(later);
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, load);
    void Promise.all([
      import('../inspector/selection-tabs'),
      import('../stage/machine-menu'),
      import('../crash/crash-panel'),
      import('../library/command-palette'),
      link.prepare(),
    ]).catch(() => {
      // Offline, or a new version was put up meanwhile: the click itself will say so.
    });
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, load, { passive: true });
}
