import { describe, expect, it } from 'vitest';
import { layoutStage } from '../stage/layout';
import { mountedNext, nearZoom, partsNext, type View } from './large-cluster';

const layoutOf = (workers: number) =>
  layoutStage({
    machines: Array.from({ length: workers }, (_, at) => ({ name: `node-${at}`, role: 'worker' as const, zone: 'z' })),
    fullest: 30,
    aspect: 1.6,
  });

const view = (zoom: number): View => ({ transform: [0, 0, zoom], width: 900, height: 550 });

/** Frame after frame until nothing more comes or goes. */
function settled(before: ReadonlySet<string>, layout: ReturnType<typeof layoutOf>, from: View) {
  let frames = 0;
  for (let now = before; ; frames++) {
    const next = mountedNext(now, layout, from);
    if (next === now) return { now, frames };
    now = next;
  }
}

describe('a large cluster', () => {
  it('has no elements from far', () => {
    expect(settled(new Set(), layoutOf(1000), view(0.1)).now.size).toBe(0);
  });

  it('has elements of those in view from near, a few more a frame; and loses them again', () => {
    const layout = layoutOf(1000);
    const near = settled(new Set(), layout, view(0.6));
    expect(near.now.size).toBeGreaterThan(15);
    expect(near.now.size).toBeLessThan(60);
    expect(near.frames).toBeGreaterThan(4);
    const far = settled(near.now, layout, view(0.2));
    expect(far.now.size).toBe(0);
    expect(far.frames).toBeGreaterThan(1);
  });

  it('is near later in a large window, where more would be in view', () => {
    const layout = layoutOf(1000);
    expect(nearZoom(layout, { width: 900, height: 550 })).toBe(0.5);
    expect(nearZoom(layout, { width: 1600, height: 950 })).toBeGreaterThan(0.6);
  });
});

it('what is beside the machines comes one thing a frame, and then stays', () => {
  let parts: ReadonlySet<string> = new Set();
  const sizes: number[] = [];
  for (let frame = 0; frame < 4; frame++) sizes.push((parts = partsNext(parts)).size);
  expect(sizes).toEqual([2, 3, 4, 4]);
  expect(partsNext(parts)).toBe(parts);
});
