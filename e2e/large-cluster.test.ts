/** What a hand does with a large cluster: painted from far, elements from near. */
import { expect, test, type Page } from '@playwright/test';
import { dock, inspector, machine } from './cluster-page';
import { generateCluster } from './generated-cluster';

async function openGenerated(page: Page, nodes: number): Promise<void> {
  await page.addInitScript(generateCluster, { nodes, pods: nodes * 30, zones: 3, changesPerSecond: 100 });
  await page.goto('/');
  await expect(inspector(page)).toContainText(`of ${nodes + 1} nodes Ready`);
  await expect(page.locator('canvas.far-canvas')).toBeVisible();
}

const machines = (page: Page) => page.locator('[data-kind="Machine"]');

/** The middle of the stage. */
async function middle(page: Page): Promise<{ readonly x: number; readonly y: number }> {
  const box = (await page.locator('.stage').boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test.describe('a large cluster', () => {
  test('of 1,000 machines is painted; a click selects, the menu opens, nearer there are elements, and farther none', async ({
    page,
  }) => {
    await openGenerated(page, 1000);
    await expect(machines(page)).toHaveCount(0);
    const { x, y } = await middle(page);

    await page.mouse.click(x, y);
    await expect(inspector(page).getByRole('heading', { name: /^node-\d+$/ })).toBeVisible();
    const name = (await inspector(page)
      .getByRole('heading', { name: /^node-\d+$/ })
      .textContent())!;
    await page.mouse.click(x, y, { button: 'right' });
    await expect(page.getByRole('menuitem', { name: 'Cordon', exact: true })).toBeVisible();
    await page.keyboard.press('Escape');

    await page.mouse.move(x, y);
    for (let turn = 0; turn < 30 && (await machines(page).count()) === 0; turn++) await page.mouse.wheel(0, -150);
    await expect(machine(page, name)).toHaveAttribute('data-selected', 'true');
    await expect(machine(page, name).locator('[data-kind="Pod"]')).toHaveCount(30);
    expect(await machines(page).count()).toBeLessThan(80);

    await page.getByRole('button', { name: 'Show the whole cluster' }).click();
    await expect(machines(page)).toHaveCount(0);
  });

  test('of 50 machines has elements for keys and screen readers also from far, and the dock takes them', async ({
    page,
  }) => {
    await openGenerated(page, 50);
    await expect(machines(page)).toHaveCount(50);
    await expect(machine(page, 'node-7')).toHaveAccessibleName(/^Machine node-7, Ready, 30 pods$/);
    await machine(page, 'node-7').focus();
    await page.keyboard.press('Enter');
    await expect(inspector(page).getByRole('heading', { name: 'node-7' })).toBeVisible();
    await page.keyboard.press('Space');
    await expect(dock(page)).toBeFocused();
  });
});
