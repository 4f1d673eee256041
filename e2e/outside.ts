import type { Page } from '@playwright/test';

/** Controls that stick out of the page where it cannot be scrolled to them; a menu is placed where there is room when it opens. */
export const outside = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const canBeScrolledTo = (control: Element): boolean => {
      for (let above = control.parentElement; above; above = above.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(above);
        if (/auto|scroll/.test(overflowX + overflowY) || above.matches('.react-flow')) return true;
      }
      return false;
    };
    return [...document.querySelectorAll('button, input, select, [role="tab"]')]
      .filter((control) => {
        const box = control.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1 || control.closest('[hidden], [role="menu"]') || canBeScrolledTo(control))
          return false;
        return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
      })
      .map(
        (control) =>
          `outside: ${control.getAttribute('aria-label') ?? control.textContent ?? ''} (${control.className})`,
      );
  });
