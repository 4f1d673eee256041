/** What the page itself offers by buttons: whatever a panel or a tool can do is a command of the palette, too. */

/** Where such buttons are: not those of things on the stage, nor what only opens the palette. */
const PLACES = '.header, .rail, .timeline, .stage-tools, .edge-tools, .zoom-controls, .pin-shelf, .log-bar';

export interface PageButton {
  readonly title: string;
  readonly press: () => void;
}

const nameOf = (button: HTMLElement): string =>
  (button.getAttribute('aria-label') ?? button.textContent ?? '').replace(/\s+/g, ' ').trim();

/** Those that can be pressed now, each name once. */
export function pageButtons(except: readonly string[]): readonly PageButton[] {
  const found = new Map<string, PageButton>();
  for (const place of document.querySelectorAll(PLACES)) {
    for (const button of place.querySelectorAll<HTMLElement>('button:not(:disabled)')) {
      const name = nameOf(button);
      const title = name.length > 2 ? name : button.title || name;
      if (title.length > 2 && !except.includes(title) && !found.has(title))
        found.set(title, { title, press: () => button.click() });
    }
  }
  return [...found.values()];
}
