/**
 * Reads what a program tells at `/metrics`, in Prometheus' text format.
 *
 * @source prometheus/docs content/docs/instrumenting/exposition_formats.md (text-based format)
 */

/** The sum of a metric's lines, in thousandths. */
export interface Exposed {
  readonly type: 'counter' | 'gauge';
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^}]*\})?[ \t]+([^ \t]+)(?:[ \t]+-?[0-9]+)?[ \t]*$/;
const TYPE = /^#[ \t]+TYPE[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]+([a-z]+)[ \t]*$/;

/** Lines that are none of the format, and numbers that are none, are left out. */
export function exposedIn(text: string): ReadonlyMap<string, Exposed> {
  const types = new Map<string, string>();
  const found = new Map<string, Exposed>();
  for (const line of text.split('\n')) {
    const [, typed = '', type = ''] = TYPE.exec(line) ?? [];
    if (typed !== '') types.set(typed, type);
    const [, name = '', value = ''] = line.startsWith('#') ? [] : (LINE.exec(line) ?? []);
    const milli = Math.round(Number(value) * 1000);
    if (name === '' || !Number.isFinite(milli)) continue;
    const before = found.get(name);
    const counts = types.get(name) === 'counter' || (!types.has(name) && name.endsWith('_total'));
    found.set(name, { type: counts ? 'counter' : 'gauge', value: (before?.value ?? 0) + milli });
  }
  return found;
}
