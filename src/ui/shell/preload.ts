/**
 * Fetches the parts that a first click needs as soon as a hand moves or a key is pressed, so that the click finds them here
 * and whoever only looks on fetches nothing.
 */

import type { EngineLink } from '#host/worker/protocol';

const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown'] as const;

export function preloadParts(link: EngineLink): void {
  const load = (): void => {
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, load);
    void Promise.all([
      import('../inspector/selection-tabs'),
      import('../stage/machine-menu'),
      import('../crash/crash-panel'),
      link.prepare(),
    ]).catch(() => {
      // Offline, or a new version was put up meanwhile: the click itself will say so.
    });
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, load, { passive: true });
}
