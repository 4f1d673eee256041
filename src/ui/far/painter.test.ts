import { describe, expect, it } from 'vitest';
import type { SandboxRecord } from '#engine/cluster/records';
import { applyFrame, emptyMirror, type Mirror } from '../state/mirror';
import { racksOf, regionsOf } from '../places/place-boxes';
import { layoutStage, PODS_AT, type StageLayout } from '../stage/layout';
import { frame, machine, node, pod } from '../testing/builders';
import { en } from '../text/en';
import { hitAt, Painter, type Scene } from './painter';
import { mixed, pixelOf, type Pixels } from './pixels';
import type { Palette } from './sprites';

const palette: Palette = {
  zone: pixelOf('#010101'),
  card: pixelOf('#020202'),
  part: pixelOf('#030303'),
  line: pixelOf('#040404'),
  dim: pixelOf('#050505'),
  ok: pixelOf('#00ff00'),
  amber: pixelOf('#ffbf00'),
  red: pixelOf('#ff0000'),
  accent: pixelOf('#0000ff'),
  owners: ['#101010', '#202020', '#303030', '#404040', '#505050', '#606060', '#707070', '#808080', '#909090'].map(
    pixelOf,
  ),
};

const of = (name: string): readonly SandboxRecord[] =>
  name === 'node-1'
    ? [{ podUid: 'default/web-1', namespace: 'default', name: 'web-1', running: 1, containers: 1 }]
    : [];

/** Thirty workers; on the first one two pods of two apps, of which the second crashes. */
function scene(): Scene {
  const names = Array.from({ length: 30 }, (_, at) => `node-${at + 1}`);
  const mirror: Mirror = applyFrame(
    emptyMirror,
    frame({
      full: true,
      set: [
        ...names.map((name) => node(name, name === 'node-3' ? { ready: 'Unknown' } : {})),
        pod('web-1', { node: 'node-1', app: 'Deployment/default/web', createdAt: 1 }),
        pod('shop-1', { node: 'node-1', app: 'Deployment/default/shop', status: 'CrashLoopBackOff', createdAt: 2 }),
      ],
      machines: names.map((name) => machine(name, name === 'node-2' ? { power: 'off' } : { sandboxes: of(name) })),
    }),
    0,
  );
  const layout = layoutStage({
    machines: names.map((name) => ({ name, role: 'worker' as const, zone: 'zone-a' })),
    fullest: 2,
    aspect: 2,
  });
  return {
    layout,
    mirror,
    text: en,
    palette,
    selected: new Set(),
    elements: new Set(),
    far: true,
    racks: [],
    regions: [],
  };
}

function painted(
  given: Scene,
  zoom: number,
): { readonly colours: ReadonlySet<number>; readonly words: readonly string[] } {
  const size = { width: Math.ceil(given.layout.width * zoom), height: Math.ceil(given.layout.height * zoom) };
  const pixels: Pixels = { data: new Uint32Array(size.width * size.height), ...size };
  const labels = new Painter().paint(pixels, { transform: [0, 0, zoom], ...size }, given);
  return { colours: new Set(pixels.data), words: labels.map(({ words }) => words) };
}

const boxOf = ({ workers }: StageLayout, name: string) => workers.find((worker) => worker.name === name)!;

describe('a cluster from far', () => {
  it('has the names of its machines as long as there is room for them, and of its zones always', () => {
    expect(painted(scene(), 0.4).words).toEqual(expect.arrayContaining(['zone-a', 'node-1', 'node-30']));
    expect(painted(scene(), 0.1).words).toEqual(['zone-a']);
  });

  it('has the names of all machines that are alike, or of none, wherever whole pixels end', () => {
    const given = scene();
    const { width } = given.layout.workers[0]!;
    const named = (wide: number): number =>
      painted(given, wide / width).words.filter((words) => words.startsWith('node-')).length;
    expect([57.4, 57.9, 58].map(named)).toEqual([0, 0, 30]);
  });

  it.each([0.4, 0.1, 0.05])('shows at %d who owns each pod, which one fails and which machine is not well', (zoom) => {
    const { colours } = painted(scene(), zoom);
    expect(colours.has(palette.owners[0]!)).toBe(true);
    expect(colours.has(zoom > 0.1 ? palette.owners[1]! : palette.red)).toBe(true); // a shape, or a colour
    expect(colours.has(palette.amber)).toBe(true);
    expect(colours.has(mixed(palette.red, palette.card, 0.4)) || colours.has(palette.red)).toBe(true);
  });

  it('shows regions as lines around their zones, with their names, where there are several', () => {
    const given = scene();
    const workers = ['a', 'b', 'c'].map((zone) => ({
      name: `w-${zone}`,
      role: 'worker' as const,
      zone: `zone-${zone}`,
    }));
    const machines = workers.map((worker, at) => ({ ...worker, region: at < 2 ? 'north' : 'south' }));
    const layout = layoutStage({ machines, fullest: 0, aspect: 2 });
    const regions = regionsOf(layout.zones, machines);
    expect(painted({ ...given, layout, regions: [] }, 0.3).colours.has(palette.dim)).toBe(false);
    const { colours, words } = painted({ ...given, layout, regions }, 0.3);
    expect(colours.has(palette.dim)).toBe(true);
    expect(words).toEqual(expect.arrayContaining(['zone-a', 'zone-b', 'zone-c', 'north', 'south']));
    expect(regionsOf(layout.zones, workers)).toEqual([]);
  });

  it('has a ground under the machines of a rack, where there are several', () => {
    const given = scene();
    const machines = given.layout.workers.map(({ name }, at) => ({
      ...{ name, role: 'worker' as const, zone: 'zone-a' },
      rack: at < 15 ? 'rack-1' : 'rack-2',
    }));
    const ground = mixed(palette.dim, palette.zone, 0.4);
    expect(painted({ ...given, racks: racksOf(given.layout.workers, machines) }, 0.1).colours.has(ground)).toBe(true);
    const one = machines.map((machine) => ({ ...machine, rack: 'rack-1' }));
    expect(racksOf(given.layout.workers, one)).toEqual([]);
    expect(painted(given, 0.1).colours.has(ground)).toBe(false);
  });

  it('leaves out what stands in the page as an element', () => {
    const given = scene();
    const all = new Set(given.layout.workers.map(({ name }) => name));
    expect(painted({ ...given, far: false, elements: all }, 0.6).colours).toEqual(new Set([0]));
  });

  it('tells which pod and which machine is under a point', () => {
    const given = scene();
    const { x, y } = boxOf(given.layout, 'node-1');
    const second = { x: x + PODS_AT.x + given.layout.chip.size + given.layout.chip.gap + 2, y: y + PODS_AT.y + 2 };
    expect(hitAt(given, second)).toMatchObject({ machine: 'node-1', pod: { name: 'shop-1' } });
    expect(hitAt(given, { x: x + 3, y: y + 3 })).toMatchObject({ machine: 'node-1', pod: undefined });
    expect(hitAt(given, { x: -50, y: -50 })).toBeNull();
  });
});

describe('a colour of a style sheet', () => {
  it.each([
    ['#102030', 0xff302010],
    [' #fff', 0xffffffff],
    ['#18212c', 0xff2c2118],
    ['red', 0xff808080],
  ])('%s is a pixel', (colour, pixel) => {
    expect(pixelOf(colour)).toBe(pixel);
  });
});
