/** Which lines are shown between things, and of what: a small menu, and the lines themselves. */
import { Spline } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useUi } from '../state/store';
import { enEdges } from '../text/en-edges';
import { useWords } from '../text/text';
import { zhEdges } from '../text/zh-edges';
import '../theme/edges.css';
import { EdgeLayer } from './edge-layer';
import { EDGE_KINDS, type EdgeKind } from './edges';

const WORDS = { en: enEdges, zh: zhEdges };
const NONE: readonly EdgeKind[] = [];

export function EdgeTools() {
  const words = useWords(WORDS);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [kinds, setKinds] = useState(NONE);
  const [all, setAll] = useState(false);
  const [drawn, setDrawn] = useState({ lines: 0, more: 0 });
  const selects = useUi((state) => state.selection !== null);
  const onCount = useCallback((lines: number, more: number) => setDrawn({ lines, more }), []);

  useEffect(() => {
    if (!open) return undefined;
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener('pointerdown', onPointerDown);
    return () => removeEventListener('pointerdown', onPointerDown);
  }, [open]);

  const toggle = (kind: EdgeKind): void =>
    setKinds(kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind]);

  return (
    <>
      {kinds.length > 0 ? <EdgeLayer kinds={kinds} all={all} onCount={onCount} /> : null}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape closes it from wherever in it one is */}
      <div
        ref={box}
        className="edge-tools"
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return;
          event.stopPropagation();
          setOpen(false);
          box.current?.querySelector('button')?.focus();
        }}
      >
        <button
          type="button"
          className="edge-button"
          aria-expanded={open}
          aria-pressed={kinds.length > 0}
          aria-label={words.name}
          title={words.name}
          onClick={() => setOpen(!open)}
        >
          <Spline size={15} strokeWidth={2} aria-hidden="true" />
        </button>
        {open ? (
          <fieldset className="edge-menu">
            <legend>{words.name}</legend>
            {EDGE_KINDS.map((kind) => (
              <label key={kind} title={words.hint[kind]}>
                <input type="checkbox" checked={kinds.includes(kind)} onChange={() => toggle(kind)} />
                <i className="edge-swatch" data-kind={kind} aria-hidden="true" />
                {words.kind[kind]}
              </label>
            ))}
            <hr />
            <label>
              <input type="checkbox" checked={all} onChange={() => setAll(!all)} />
              {words.all}
            </label>
            <p className="quiet" role="status">
              {kinds.length === 0
                ? words.choose
                : !all && !selects
                  ? words.select
                  : words.drawn(drawn.lines, drawn.more)}
            </p>
          </fieldset>
        ) : null}
      </div>
    </>
  );
}
