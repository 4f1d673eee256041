/** Lets a chip fly to where it already is: the last step of a FLIP animation. */
import type { ScreenPoint } from './flight-board';

const LEG_MS = 620;

/**
 * Animates `element` from the first point over the others to its own place.
 *
 * @param scale - screen pixels per pixel of the element's own coordinates (the stage's zoom)
 */
export function fly(element: HTMLElement, points: readonly ScreenPoint[], scale: number): void {
  const box = element.getBoundingClientRect();
  const home = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const legs = [...points, home];
  const keyframes = legs.map(({ x, y }, index) => {
    const last = index === legs.length - 1;
    const shift = `translate(${(x - home.x) / scale}px, ${(y - home.y) / scale}px)`;
    return {
      transform: last ? 'none' : `${shift} scale(${index === 0 ? 0.7 : 1.25})`,
      easing: 'cubic-bezier(0.45, 0.05, 0.25, 1)',
    };
  });
  element.classList.add('flying');
  const animation = element.animate(keyframes, { duration: LEG_MS * points.length });
  const land = (): void => element.classList.remove('flying');
  animation.addEventListener('finish', land);
  animation.addEventListener('cancel', land);
}
