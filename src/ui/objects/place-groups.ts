/**
 * Where the cards of a stage by workload or by service stand. Pure. All cards are equally wide and keep their place in the row as
 * long as none before them comes or goes; one that grows moves only what is below it.
 */
import type { Box } from '../stage/layout';
import type { Card, CardLine, Group } from './groups';

export interface ChipSize {
  readonly size: number;
  readonly gap: number;
}

export interface PlacedCard extends Box {
  readonly card: Card;
  readonly chip: ChipSize;
}

/** A namespace: open, with its cards in it, or closed, as a tile with counts. */
export interface PlacedGroup extends Box {
  readonly group: Group;
  readonly open: boolean;
  /** Whether there is anything to open or close: few cards are always open. */
  readonly folds: boolean;
}

export interface GroupsLayout {
  readonly groups: readonly PlacedGroup[];
  readonly cards: readonly PlacedCard[];
  readonly width: number;
  readonly height: number;
}

const CARD_WIDTH = 288;
const CARD_PADDING = 12;
const CARD_HEAD = 36;
const CARD_FOOT = 12;
const NOTE = 18;
const ROUTE = 22;
const LINE_HEAD = 20;
const LINE_GAP = 7;
const CLAIM = 24;
const MORE = 18;
const GAP = 12;
const GROUP_HEAD = 34;
const GROUP_PADDING = 12;
const GROUP_GAP = 14;
const TILE = { width: 176, height: 46 } as const;

/** Sizes of chips from big to small, with how many of each a line may have. */
const CHIPS: readonly { readonly chip: ChipSize; readonly most: number }[] = [
  { chip: { size: 20, gap: 7 }, most: 20 },
  { chip: { size: 16, gap: 5 }, most: 48 },
  { chip: { size: 13, gap: 4 }, most: 90 },
];
const SMALLEST: ChipSize = { size: 10, gap: 3 };

/** More cards than this are not read at a glance: namespaces begin closed then, unless they are few. */
const MOST_OPEN_CARDS = 40;
const FEW_GROUPS = 3;

function chipOf({ lines }: Card): ChipSize {
  const fullest = Math.max(0, ...lines.map(({ pods }) => pods.length));
  return CHIPS.find(({ most }) => fullest <= most)?.chip ?? SMALLEST;
}

const perRow = ({ size, gap }: ChipSize): number => Math.floor((CARD_WIDTH - 2 * CARD_PADDING + gap) / (size + gap));

/** Whether a line is one pod and its claims, side by side. */
export const isOrdinal = ({ pods, claims }: Pick<CardLine, 'pods' | 'claims'>): boolean =>
  pods.length === 1 && claims.length > 0;

function lineHeight(line: CardLine, chip: ChipSize): number {
  const claims = line.claims.length * CLAIM;
  if (isOrdinal(line)) return Math.max(CLAIM, claims) + LINE_GAP;
  const head = line.subject !== null || line.word !== null ? LINE_HEAD : 0;
  const rows = Math.ceil(line.pods.length / perRow(chip));
  const pods = rows === 0 ? 0 : rows * (chip.size + chip.gap) - chip.gap;
  return head + pods + claims + (line.more > 0 ? MORE : 0) + LINE_GAP;
}

function cardHeight(card: Card, chip: ChipSize): number {
  const lines = card.lines.reduce((sum, line) => sum + lineHeight(line, chip), 0);
  return CARD_HEAD + (card.note === '' ? 0 : NOTE) + card.routes.length * ROUTE + lines + CARD_FOOT;
}

interface Sized {
  readonly card: Card;
  readonly chip: ChipSize;
  readonly height: number;
}

interface Block {
  readonly group: Group;
  readonly cards: readonly Sized[];
}

const blockWidth = (columns: number): number => columns * (CARD_WIDTH + GAP) - GAP + 2 * GROUP_PADDING;

/** The heights of the rows of a namespace that is so many cards wide. */
function rowsOf({ cards }: Block, columns: number): readonly number[] {
  const rows: number[] = [];
  cards.forEach(({ height }, index) => {
    const row = Math.floor(index / columns);
    rows[row] = Math.max(rows[row] ?? 0, height);
  });
  return rows;
}

interface Shelf {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: readonly number[];
  readonly height: number;
}

interface Packing {
  readonly shelves: readonly Shelf[];
  readonly tilesAt: number;
  readonly width: number;
  readonly height: number;
}

/** Namespaces side by side as long as they fit, then below, all of a row equally high; the closed ones last. */
function pack(blocks: readonly Block[], columns: number, tiles: number): Packing {
  const width = blockWidth(columns);
  const shelves: Shelf[] = [];
  let row: { at: number; columns: number; rows: readonly number[]; height: number }[] = [];
  let [used, y] = [0, 0];
  const end = (): void => {
    const height = Math.max(0, ...row.map((entry) => entry.height));
    for (const { at, columns: wide, rows } of row) shelves.push({ x: at, y, columns: wide, rows, height });
    if (row.length > 0) y += height + GROUP_GAP;
    row = [];
    used = 0;
  };
  for (const block of blocks) {
    const wide = Math.max(1, Math.min(columns, block.cards.length));
    if (used > 0 && used + blockWidth(wide) > width + 0.5) end();
    const rows = rowsOf(block, wide);
    const height = GROUP_HEAD + rows.reduce((sum, each) => sum + each + GAP, 0) - GAP + GROUP_PADDING;
    row.push({ at: used, columns: wide, rows, height });
    used += blockWidth(wide) + GROUP_GAP;
  }
  end();
  const tilesAt = y;
  const perTileRow = Math.max(1, Math.floor((width + GAP) / (TILE.width + GAP)));
  const tileRows = Math.ceil(tiles / perTileRow);
  const height = tiles > 0 ? tilesAt + tileRows * (TILE.height + GAP) - GAP : Math.max(0, tilesAt - GROUP_GAP);
  return { shelves, tilesAt, width, height };
}

/** The packing that is drawn largest in a window of that shape; of almost equal ones the narrowest. */
function bestPacking(blocks: readonly Block[], tiles: number, aspect: number): Packing {
  const cards = blocks.reduce((sum, block) => sum + block.cards.length, 0);
  const scaleOf = ({ width, height }: Packing): number => Math.min(aspect / width, 1 / height);
  const most = Math.max(1, Math.min(48, cards + Math.ceil(Math.sqrt(tiles))));
  let best = pack(blocks, 1, tiles);
  for (let columns = 2; columns <= most; columns++) {
    const next = pack(blocks, columns, tiles);
    if (scaleOf(next) > scaleOf(best) * 1.02) best = next;
  }
  return best;
}

/** Whether there are so many cards that namespaces begin closed. */
export function foldsAt(groups: readonly Group[]): boolean {
  const cards = groups.reduce((sum, group) => sum + group.cards.length, 0);
  return cards > MOST_OPEN_CARDS && groups.length > FEW_GROUPS;
}

/**
 * Lays the groups out.
 *
 * @param opened - namespaces that somebody has opened; while few cards are there all are open
 * @param aspect - width over height of the window
 */
export function placeGroups(groups: readonly Group[], opened: ReadonlySet<string>, aspect: number): GroupsLayout {
  const folds = foldsAt(groups);
  const isOpen = ({ namespace }: Group): boolean => !folds || opened.has(namespace);
  const blocks = groups.filter(isOpen).map((group): Block => ({
    group,
    cards: group.cards.map((card) => {
      const chip = chipOf(card);
      return { card, chip, height: cardHeight(card, chip) };
    }),
  }));
  const closed = groups.filter((group) => !isOpen(group));
  const { shelves, tilesAt, width, height } = bestPacking(blocks, closed.length, aspect);
  const placed: PlacedGroup[] = [];
  const cards: PlacedCard[] = [];
  blocks.forEach(({ group, cards: own }, index) => {
    const shelf = shelves[index]!;
    placed.push({
      group,
      open: true,
      folds,
      x: shelf.x,
      y: shelf.y,
      width: blockWidth(shelf.columns),
      height: shelf.height,
    });
    let y = shelf.y + GROUP_HEAD;
    own.forEach(({ card, chip }, at) => {
      const column = at % shelf.columns;
      if (column === 0 && at > 0) y += (shelf.rows[at / shelf.columns - 1] ?? 0) + GAP;
      const row = shelf.rows[Math.floor(at / shelf.columns)] ?? 0;
      const x = shelf.x + GROUP_PADDING + column * (CARD_WIDTH + GAP);
      cards.push({ card, chip, x, y, width: CARD_WIDTH, height: row });
    });
  });
  const perTileRow = Math.max(1, Math.floor((width + GAP) / (TILE.width + GAP)));
  closed.forEach((group, index) => {
    const x = (index % perTileRow) * (TILE.width + GAP);
    const y = tilesAt + Math.floor(index / perTileRow) * (TILE.height + GAP);
    placed.push({ group, open: false, folds, x, y, ...TILE });
  });
  return { groups: placed, cards, width, height };
}
