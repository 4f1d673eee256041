/**
 * Looks at every state of the stage: axe finds nothing wrong, and nothing that can be pressed lies where nobody can press it. Each
 * state is seen in one look here, the looks taking turns. With KUBARIUM_SCREENS=FOLDER (`npm run screenshots -- --all FOLDER`) it is
 * seen in every look, and its pictures go into the folder.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import type { Theme } from '../src/ui/state/view-slice';
import { outside } from './outside';
import { STORIES } from './screens';

interface Look {
  readonly theme: Theme;
  readonly projector: boolean;
  readonly language: 'en' | 'zh';
  readonly width: number;
  readonly height: number;
}

const THEMES = [
  { theme: 'dark', projector: false },
  { theme: 'light', projector: false },
  { theme: 'contrast', projector: false },
  { theme: 'dark', projector: true },
] as const;
const SIZES = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 820, height: 1180 },
  { width: 800, height: 600 },
  { width: 390, height: 844 },
] as const;
const LANGUAGES = ['en', 'zh'] as const;

const folder = process.env['KUBARIUM_SCREENS'];
/** Of the names of screens, and of looks; `turns`: one look of each screen. */
const wanted = new RegExp(process.env['KUBARIUM_SCREENS_ONLY'] ?? '');
const wantedLooks = process.env['KUBARIUM_SCREENS_LOOKS'] ?? '';

const ALL_LOOKS: readonly Look[] = SIZES.flatMap((size) =>
  LANGUAGES.flatMap((language) => THEMES.map((theme) => ({ ...theme, ...size, language }))),
);
/** Each theme, size and language comes round soon. */
const TURNS: readonly Look[] = Array.from({ length: 20 }, (_, turn) => ({
  ...THEMES[turn % THEMES.length]!,
  ...SIZES[turn % SIZES.length]!,
  language: LANGUAGES[Math.floor(turn / THEMES.length) % 2]!,
}));

let turn = 0;
/** The looks of one screen. */
const looks = (): readonly Look[] =>
  folder === undefined || wantedLooks === 'turns'
    ? [TURNS[turn++ % TURNS.length]!]
    : ALL_LOOKS.filter((look) => new RegExp(wantedLooks).test(nameOf(look)));

const nameOf = ({ theme, projector, language, width, height }: Look): string =>
  `${projector ? 'projector' : theme}-${language}-${width}x${height}`;

async function wear(page: Page, { theme, projector, language, width, height }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.evaluate(
    async ([scheme, big, spoken]) => {
      const state = kubarium.store.getState();
      state.setTheme(scheme);
      state.setProjector(big);
      await state.setLanguage(spoken);
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    },
    [theme, projector, language] as const,
  );
}

async function closeMenu(page: Page): Promise<void> {
  const menu = page.getByRole('menu');
  for (let open = await menu.count(); open > 0; open = await menu.count()) await page.keyboard.press('Escape');
}

/** In axe's legacy mode no second page is opened to gather what frames say: there are no frames. It takes half the time. */
async function wrongIn(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help} at ${target.join(' ')} (${any[0]?.message ?? ''})`),
  );
  return [...found, ...(await outside(page))];
}

for (const story of STORIES.filter(({ onDemand }) => folder !== undefined || !onDemand)) {
  test(`nothing is wrong with any screen of the story "${story.name}"`, async ({ page }) => {
    test.setTimeout(folder === undefined ? 240_000 : 3_600_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const wrong: string[] = [];
    const usual = { ...TURNS[0]!, width: 1280, height: 720 };
    await page.setViewportSize(usual);
    await story.play(page, async (screen, open) => {
      if (!wanted.test(screen)) return;
      for (const look of looks()) {
        await wear(page, look);
        await open?.();
        const found = (await wrongIn(page)).map((line) => `${screen} ${nameOf(look)} ${line}`);
        wrong.push(...found);
        if (folder !== undefined) {
          await page.screenshot({ path: join(folder, `${screen}-${nameOf(look)}.png`), animations: 'disabled' });
          appendFileSync(join(folder, 'looked-at.jsonl'), `${JSON.stringify({ screen, look: nameOf(look), found })}\n`);
        }
        if (open) await closeMenu(page);
      }
      await wear(page, usual);
    });
    expect(wrong).toEqual([]);
  });
}
