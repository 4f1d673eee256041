import { describe, expect, it } from 'vitest';
import type { Box } from '../stage/layout';
import { pod } from '../testing/builders';
import { byWorkload } from './by-workload';
import { compareNamespaces, mostOfLine, shownOf } from './groups';
import { placeGroups } from './place-groups';
import { facts, owner, podOf } from './testing-facts';

const NONE: ReadonlySet<string> = new Set();
const WINDOW = 1.9;

/** So many namespaces, each with as many Deployments of as many pods. */
function cluster(namespaces: number, deployments: number, pods: number) {
  const owners = Array.from({ length: namespaces }, (_, space) =>
    Array.from({ length: deployments }, (__, at) =>
      owner('Deployment', `app-${space}-${at}`, { namespace: `space-${space}`, desired: pods, createdAt: at }),
    ),
  ).flat();
  const all = owners.flatMap((one) => Array.from({ length: pods }, (_, at) => podOf(one, `${one.name}-${at}`)));
  return byWorkload(facts(all, { owners }));
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const within = (a: Box, b: Box): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

describe('where the cards stand', () => {
  it.each([
    ['one card', cluster(1, 1, 3)],
    ['one namespace with many', cluster(1, 60, 4)],
    ['three namespaces', cluster(3, 5, 20)],
    ['many namespaces', cluster(30, 1, 2)],
    ['a card with 1,500 pods beside small ones', [...cluster(1, 1, 1_500), ...cluster(2, 3, 2)]],
  ])('%s: none overlaps another, each is within its namespace', (_case, groups) => {
    const { cards, groups: grounds, width, height } = placeGroups(groups, NONE, WINDOW);
    cards.forEach((card, at) => {
      expect(cards.slice(at + 1).some((other) => overlap(card, other))).toBe(false);
      expect(grounds.some((ground) => within(card, ground))).toBe(true);
    });
    grounds.forEach((ground, at) => {
      expect(grounds.slice(at + 1).some((other) => overlap(ground, other))).toBe(false);
      expect(within(ground, { x: 0, y: 0, width: width + 0.5, height: height + 0.5 })).toBe(true);
    });
  });

  it('folds 500 namespaces into tiles with counts, opens the one that is asked for, and keeps the order', () => {
    const groups = cluster(500, 1, 3);
    const folded = placeGroups(groups, NONE, WINDOW);
    expect(folded.cards).toHaveLength(0);
    expect(folded.groups).toHaveLength(500);
    expect(folded.groups.every(({ open, folds }) => !open && folds)).toBe(true);
    // Drawn whole at 1280 × 720, a tile still has some 50 pixels for its name.
    expect(Math.min(910 / folded.width, 474 / folded.height) * folded.groups[0]!.width).toBeGreaterThan(45);
    const opened = placeGroups(groups, new Set(['space-77']), WINDOW);
    expect(opened.cards.map(({ card }) => card.subject?.name)).toEqual(['app-77-0']);
    expect(opened.groups.filter(({ open }) => open)).toHaveLength(1);
  });

  it('moves nothing when a pod changes, nor when one comes that still fits', () => {
    const boxes = (pods: number) =>
      placeGroups(cluster(2, 6, pods), NONE, WINDOW).cards.map(({ x, y, width, height }) => [x, y, width, height]);
    expect(boxes(4)).toEqual(boxes(9));
  });
});

describe('what is shown of many', () => {
  it('begins with the namespace that people begin in and ends with the system', () => {
    const names = ['kube-system', 'b-10', 'default', 'b-9'];
    expect(names.sort(compareNamespaces)).toEqual(['default', 'b-9', 'b-10', 'kube-system']);
  });

  it('shows fewer pods of each the more lines there are, never fewer than twelve', () => {
    expect([mostOfLine(1), mostOfLine(30), mostOfLine(1_000)]).toEqual([150, 50, 12]);
    const pods = [pod('a'), pod('b'), pod('c', { ready: false }), pod('d', { status: 'Completed', ready: false })];
    expect(shownOf(pods, 2).map(({ name }) => name)).toEqual(['a', 'c']);
    expect(shownOf(pods, 4)).toHaveLength(4);
  });
});
