import { describe, expect, it } from 'vitest';
import { applyFrame, emptyMirror } from '../state/mirror';
import { frame, machine, pod } from '../testing/builders';
import { between, isWhollyInView, machineOf, viewOf, type Viewport } from './flight';

const size = { width: 900, height: 500 };
const box = { x: 3000, y: 2000, width: 264, height: 120 };

describe('the camera', () => {
  it('puts what it goes to in the middle, large enough to be read, and never smaller than it was', () => {
    const view = viewOf(box, { x: 0, y: 0, zoom: 0.1 }, size);
    expect(view.zoom).toBe(1);
    expect((box.x + box.width / 2) * view.zoom + view.x).toBeCloseTo(size.width / 2);
    expect((box.y + box.height / 2) * view.zoom + view.y).toBeCloseTo(size.height / 2);
    expect(viewOf(box, { x: 0, y: 0, zoom: 1.8 }, size).zoom).toBe(1.8);
    expect(isWhollyInView(box, view, size)).toBe(true);
    expect(isWhollyInView(box, { x: 0, y: 0, zoom: 1 }, size)).toBe(false);
  });

  it('begins where it is and ends where it goes', () => {
    const from: Viewport = { x: 18, y: 22, zoom: 0.09 };
    const to = viewOf(box, from, size);
    for (const [part, view] of [
      [0, from],
      [1, to],
    ] as const) {
      const at = between(from, to, part, size);
      expect([at.x, at.y, at.zoom].map((value) => Math.round(value * 1000))).toEqual(
        [view.x, view.y, view.zoom].map((value) => Math.round(value * 1000)),
      );
    }
    expect(between(from, to, 0.5, size).zoom).toBeCloseTo(Math.sqrt(from.zoom * to.zoom));
  });

  it('finds the machine of a pod and of a process, and none for what is on no machine', () => {
    const set = [pod('web-1', { node: 'node-3' }), pod('web-2', { node: null })];
    const mirror = applyFrame(emptyMirror, frame({ full: true, set, machines: [machine('node-3')] }), 0);
    const found = (kind: string, name: string, namespace = ''): string | null =>
      machineOf(mirror, { kind, namespace, name });
    expect(found('Pod', 'web-1', 'default')).toBe('node-3');
    expect(found('Pod', 'web-2', 'default')).toBeNull();
    expect(found('Process', 'control-plane-1/etcd')).toBe('control-plane-1');
    expect(found('Deployment', 'web', 'default')).toBeNull();
  });
});
