/** What of the stage lies under a point: what can be pressed first, then the grounds on which machines stand. */

/** React Flow takes pointers from what cannot be dragged: grounds are found by where they are. */
const GROUNDS = '.stage [data-kind="Zone"], .stage [data-kind="Rack"], .stage [data-kind="Region"]';

const holds = (element: Element, x: number, y: number): boolean => {
  const box = element.getBoundingClientRect();
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
};

/** The innermost thing there that a selector takes; null: none, or something else covers it. */
export function thingAt(x: number, y: number, selector: string): Element | null {
  const under = document.elementsFromPoint(x, y);
  if (!under.some((element) => element.closest('.stage'))) return null;
  for (const element of under) {
    const found = element.closest(selector);
    if (found) return found;
  }
  let smallest: Element | null = null;
  let least = Infinity;
  for (const ground of document.querySelectorAll(GROUNDS)) {
    const box = ground.getBoundingClientRect();
    if (!holds(ground, x, y) || !ground.matches(selector) || box.width * box.height >= least) continue;
    least = box.width * box.height;
    smallest = ground;
  }
  return smallest;
}

/** The name of the container that is drawn there on its pod's chip; null: the chip is seen from too far, or bare there. */
export function containerAt(x: number, y: number): string | null {
  const drawn = [...document.querySelectorAll<HTMLElement>('.near-layer [data-container]')];
  return drawn.find((mark) => holds(mark, x, y))?.dataset['container'] ?? null;
}
