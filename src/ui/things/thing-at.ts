/** What of the stage lies under a point: what can be pressed first, then the grounds on which machines stand. */

/** React Flow takes pointers from what cannot be dragged: grounds are found by where they are. */
const GROUNDS = '.stage [data-kind="Zone"], .stage [data-kind="Rack"], .stage [data-kind="Region"]';

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
    const holds = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    if (!holds || !ground.matches(selector) || box.width * box.height >= least) continue;
    least = box.width * box.height;
    smallest = ground;
  }
  return smallest;
}
