/**
 * What stands where the emulator would put a style element. The production build renames them (`vite.config.ts`): a
 * Content-Security-Policy without inline styles lets no text of a style element in, but does let in what a script constructs.
 */
class ConstructedStyle extends HTMLElement {
  readonly #sheet = new CSSStyleSheet();

  override set textContent(css: string) {
    this.#sheet.replaceSync(css);
  }

  connectedCallback(): void {
    document.adoptedStyleSheets.push(this.#sheet);
  }

  disconnectedCallback(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }
}

/** Makes `<constructed-style>` known. */
export function defineConstructedStyle(): void {
  if (!customElements.get('constructed-style')) customElements.define('constructed-style', ConstructedStyle);
}
