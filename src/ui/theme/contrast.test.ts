import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/theme/tokens.css', 'utf8');

/** Selector of a theme's block of tokens. */
const SELECTOR = {
  dark: "[data-mantine-color-scheme='dark'] {",
  light: "[data-mantine-color-scheme='light'] {",
  contrast: "[data-theme='contrast'] {",
};
type ThemeName = keyof typeof SELECTOR;

function tokensOf(theme: ThemeName): ReadonlyMap<string, string> {
  const block = css.slice(css.lastIndexOf(SELECTOR[theme]));
  const body = block.slice(0, block.indexOf('\n}'));
  return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

type Triple = readonly [number, number, number];

/** Red, green and blue in linear light, each from 0 to 1. */
function linear(colour: string): Triple {
  const part = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

const times = (rows: readonly Triple[], [x, y, z]: Triple): Triple => {
  const [a, b, c] = rows.map((row) => row[0] * x + row[1] * y + row[2] * z);
  return [a ?? 0, b ?? 0, c ?? 0];
};

/** What eyes make of a colour. @source Machado, Oliveira, Fernandes 2009, severity 1.0 */
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Lightness and two opponents, evenly spaced to the eye. @source Ottosson 2020, Oklab */
function oklab(colour: Triple): Triple {
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)],
  );
}

/** How far two colours lie apart for these eyes: 0.02 is just seen side by side, 1 is black and white. */
function distance(eyes: readonly Triple[], one: string, other: string): number {
  const seen = (colour: string): Triple => {
    const [red, green, blue] = times(eyes, linear(colour));
    return oklab([clamp(red), clamp(green), clamp(blue)]);
  };
  const [a, b] = [seen(one), seen(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Relative luminance. @source WCAG 2.2, "relative luminance" */
function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['dark', 'light', 'contrast'] as const)('the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const colour = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`no token --${name}`);
    return value;
  };

  it.each(['ink', 'dim', 'accent', 'amber', 'red'])('%s is readable on every ground (WCAG AA)', (name) => {
    const grounds = ['ground', 'stage', 'panel', 'card', 'part', 'zone'];
    const least = theme === 'contrast' ? 7 : 4.5; // WCAG AAA where contrast is what was asked for
    expect(grounds.filter((ground) => contrast(colour(name), colour(ground)) < least)).toEqual([]);
  });

  it.each(Object.keys(EYES))('keeps owners apart for eyes with %s', (eyes) => {
    const owners = [...tokens].filter(([name]) => name.startsWith('owner-'));
    const alike = owners.flatMap(([name, value], at) =>
      owners
        .slice(at + 1)
        .filter(([, other]) => distance(EYES[eyes] ?? [], value, other) < 0.07)
        .map(([other]) => `${name} and ${other}`),
    );
    expect(alike).toEqual([]);
  });

  it('shows pods and lights against their ground (WCAG non-text)', () => {
    const owners = [...tokens.keys()].filter((name) => name.startsWith('owner-'));
    expect(owners).toHaveLength(9);
    expect([...owners, 'ok'].filter((name) => contrast(colour(name), colour('card')) < 3)).toEqual([]);
  });
});
