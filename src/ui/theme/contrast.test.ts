import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/theme/tokens.css', 'utf8');

function tokensOf(theme: string): ReadonlyMap<string, string> {
  const block = css.slice(css.indexOf(`  color-scheme: ${theme};`));
  const body = block.slice(0, block.indexOf('\n}'));
  return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** Relative luminance. @source WCAG 2.2, "relative luminance" */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const colour = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`no token --${name}`);
    return value;
  };

  it.each(['ink', 'dim', 'accent', 'amber', 'red'])('%s is readable on every ground (WCAG AA)', (name) => {
    const grounds = ['ground', 'stage', 'panel', 'card', 'part', 'zone'];
    expect(grounds.filter((ground) => contrast(colour(name), colour(ground)) < 4.5)).toEqual([]);
  });

  it('shows pods and lights against their ground (WCAG non-text)', () => {
    const owners = [...tokens.keys()].filter((name) => name.startsWith('owner-'));
    expect(owners).toHaveLength(9);
    expect([...owners, 'ok'].filter((name) => contrast(colour(name), colour('card')) < 3)).toEqual([]);
  });
});
