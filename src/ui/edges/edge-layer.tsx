/**
 * Draws lines over the stage, whatever its layout: each from the element of one thing to that of another, found on the page. What has
 * no element stands as a token at the left edge.
 */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import type { Bonds, Structure } from '#engine/cluster/structure';
import type { Subject } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { useCommands } from '../state/commands';
import { subjectKey } from '../state/mirror';
import { useUiStore } from '../state/store';
import { callsOf, edgesOf, type Call, type Edge, type EdgeFacts, type EdgeKind } from './edges';

/** Lines that are drawn at once; more are not told apart. */
const MOST_LINES = 400;
const MOST_TOKENS = 16;
/** Real milliseconds between two looks at what there is, and between two questions to the engine. */
const LOOK_MS = 250;
const ASK_MS = 800;
/** Virtual time that calls are counted over. */
const CALLS_FOR = 10 * SECOND;
const TOKEN = { x: 8, y: 46, width: 112, step: 27 } as const;
const TOKEN_MIDDLE = 11;

/** kubectl's short names: there is little room. */
const SHORT: Readonly<Record<string, string>> = {
  Service: 'svc',
  Deployment: 'deploy',
  ReplicaSet: 'rs',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  Job: 'job',
  CronJob: 'cj',
  ReplicationController: 'rc',
  HorizontalPodAutoscaler: 'hpa',
  PodDisruptionBudget: 'pdb',
  NetworkPolicy: 'netpol',
  Pod: 'po',
  Process: '',
};

/** Lines of several kinds between the same two things run side by side, so many pixels from the middle; and where on them the note is. */
const ASIDE: Readonly<Record<EdgeKind, readonly [pixels: number, part: number]>> = {
  ownership: [0, 0.5],
  selection: [0, 0.5],
  watches: [-7, 0.3],
  calls: [0, 0.48],
  heartbeats: [7, 0.68],
  raft: [0, 0.5],
};

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly key: string;
  readonly edge: Edge;
  readonly path: string;
  readonly middle: Point;
}

interface Drawing {
  readonly lines: readonly Line[];
  readonly tokens: readonly Subject[];
  /** Lines that are not drawn. */
  readonly more: number;
}

const NOTHING: Drawing = { lines: [], tokens: [], more: 0 };

/** The element of a thing; of a process that is not drawn, its machine's. */
function elementOf(stage: Element, { kind, namespace, name }: Subject): Element | null {
  const find = (of: string, called: string): Element | null =>
    stage.querySelector(
      `[data-kind="${of}"][data-name="${CSS.escape(called)}"]${namespace === '' ? '' : `[data-namespace="${CSS.escape(namespace)}"]`}`,
    );
  const own = find(kind, name);
  return own ?? (kind === 'Process' ? find('Machine', name.slice(0, name.indexOf('/'))) : null);
}

const bent = (from: Point, to: Point): string => {
  const pull = Math.min(90, Math.abs(to.x - from.x) / 2 + Math.abs(to.y - from.y) / 4);
  return Math.abs(to.x - from.x) > Math.abs(to.y - from.y)
    ? `M${from.x} ${from.y}C${from.x + Math.sign(to.x - from.x) * pull} ${from.y} ${to.x - Math.sign(to.x - from.x) * pull} ${to.y} ${to.x} ${to.y}`
    : `M${from.x} ${from.y}C${from.x} ${from.y + Math.sign(to.y - from.y) * pull} ${to.x} ${to.y - Math.sign(to.y - from.y) * pull} ${to.x} ${to.y}`;
};

/** Where a line to a box begins: at its rim towards the other end, of something small in its middle. */
function anchor(box: DOMRect, origin: DOMRect, towards: Point): Point {
  const middle = { x: box.x + box.width / 2 - origin.x, y: box.y + box.height / 2 - origin.y };
  if (box.width < 40) return middle;
  const [dx, dy] = [towards.x - middle.x, towards.y - middle.y];
  const part = Math.min(box.width / 2 / Math.max(1, Math.abs(dx)), box.height / 2 / Math.max(1, Math.abs(dy)), 1);
  return { x: middle.x + dx * part, y: middle.y + dy * part };
}

const shifted = ({ x, y }: Point, aside: number): Point => ({ x: x + aside, y });

function draw(stage: Element, edges: readonly Edge[]): Drawing {
  const origin = stage.getBoundingClientRect();
  const boxes = new Map<string, DOMRect | null>();
  const boxOf = (subject: Subject): DOMRect | null => {
    const key = subjectKey(subject);
    let box = boxes.get(key);
    if (box === undefined) {
      box = elementOf(stage, subject)?.getBoundingClientRect() ?? null;
      boxes.set(key, box);
    }
    return box;
  };
  const tokens: Subject[] = [];
  const tokenAt = new Map<string, number>();
  const lines: Line[] = [];
  let more = 0;
  const middleOf = (subject: Subject, box: DOMRect | null): Point | null => {
    if (box) return { x: box.x + box.width / 2 - origin.x, y: box.y + box.height / 2 - origin.y };
    const key = subjectKey(subject);
    let at = tokenAt.get(key);
    if (at === undefined) {
      if (tokens.length >= MOST_TOKENS) return null;
      at = tokens.push(subject) - 1;
      tokenAt.set(key, at);
    }
    return { x: TOKEN.x + TOKEN.width, y: TOKEN.y + at * TOKEN.step + TOKEN_MIDDLE };
  };
  for (const edge of edges) {
    const [fromBox, toBox] = [boxOf(edge.from), boxOf(edge.to)];
    if (fromBox !== null && fromBox === toBox) continue;
    if (lines.length >= MOST_LINES) {
      more++;
      continue;
    }
    // Two tokens say little together; only owners are told from the topmost on.
    if (fromBox === null && toBox === null && edge.kind !== 'ownership') continue;
    const [fromMiddle, toMiddle] = [middleOf(edge.from, fromBox), middleOf(edge.to, toBox)];
    if (!fromMiddle || !toMiddle) {
      more++;
      continue;
    }
    const [aside, part] = ASIDE[edge.kind];
    const from = shifted(fromBox ? anchor(fromBox, origin, toMiddle) : fromMiddle, aside);
    const to = shifted(toBox ? anchor(toBox, origin, fromMiddle) : toMiddle, aside);
    const key = `${edge.kind} ${subjectKey(edge.from)} ${subjectKey(edge.to)}`;
    const middle = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    lines.push({ key, edge, path: bent(from, to), middle });
  }
  return { lines, tokens, more };
}

interface EdgeLayerProps {
  readonly kinds: readonly EdgeKind[];
  /** Of everything, not only of what is selected. */
  readonly all: boolean;
  readonly onCount: (drawn: number, more: number) => void;
}

export function EdgeLayer({ kinds, all, onCount }: EdgeLayerProps) {
  const store = useUiStore();
  const flow = useStoreApi();
  const { link } = useCommands();
  const layer = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing>(NOTHING);

  useEffect(() => {
    let structure: Structure = { owners: [], claims: [], services: [], ingresses: [] };
    let bonds: Bonds = { watches: [], bonds: [] };
    let recent: readonly Call[] = [];
    let gone = false;
    let asking: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    let edges: readonly Edge[] = [];

    const redraw = (): void => {
      frame = 0;
      const stage = layer.current?.closest('.stage');
      if (stage) setDrawing(draw(stage, edges));
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(redraw);
    };
    const look = (): void => {
      const { mirror, selection } = store.getState();
      const { machines, nodes, now, podsByNode } = mirror;
      recent = recent.filter(({ at }) => at > now - CALLS_FOR && at <= now);
      const facts: EdgeFacts = {
        machines,
        nodes,
        now,
        structure,
        bonds,
        pods: [...podsByNode.values()].flat(),
        calls: callsOf(recent),
      };
      edges = all || selection ? edgesOf(kinds, facts, all ? null : selection) : [];
      soon();
    };
    const ask = async (): Promise<void> => {
      const begun = performance.now();
      try {
        [structure, bonds] = await Promise.all([link.look({ type: 'structure' }), link.look({ type: 'bonds' })]);
      } catch {
        // The engine has stopped: its own panel says so, and the lines stay as they were.
      }
      if (!gone) asking = setTimeout(() => void ask(), Math.max(ASK_MS, 8 * (performance.now() - begun)));
      look();
    };
    void ask();
    const looking = setInterval(look, LOOK_MS);
    const stopFrames = link.onFrame(({ full, writes }) => {
      const heard = writes.map(({ at, from, verb }) => ({ at, from, verb }));
      recent = [...(full ? [] : recent), ...heard].slice(-5_000);
    });
    const stopFlow = flow.subscribe((now, before) => {
      if (now.transform !== before.transform) soon();
    });
    const stopStore = store.subscribe((now, before) => {
      if (now.selection !== before.selection || now.arrangement !== before.arrangement) look();
    });
    return () => {
      gone = true;
      clearTimeout(asking);
      clearInterval(looking);
      cancelAnimationFrame(frame);
      stopFrames();
      stopFlow();
      stopStore();
    };
  }, [store, flow, link, kinds, all]);

  const { lines, tokens, more } = drawing;
  useEffect(() => onCount(lines.length, more), [onCount, lines.length, more]);

  return (
    <div ref={layer} className="edge-layer">
      <svg aria-hidden="true">
        {lines.map(({ key, edge, path }) => (
          <path key={key} d={path} className="edge" data-kind={edge.kind} data-troubled={edge.troubled} />
        ))}
      </svg>
      {lines.length <= 40
        ? lines.map(({ key, edge, middle }) =>
            edge.note === '' ? null : (
              <span
                key={key}
                className="edge-note"
                data-troubled={edge.troubled}
                style={{ left: middle.x, top: middle.y }}
                aria-hidden="true"
              >
                {edge.note}
              </span>
            ),
          )
        : null}
      {tokens.map((subject, at) => (
        <button
          key={subjectKey(subject)}
          type="button"
          className="edge-token"
          aria-label={`${subject.kind} ${subject.name}`}
          title={subject.name}
          style={{ left: TOKEN.x, top: TOKEN.y + at * TOKEN.step, width: TOKEN.width }}
          onClick={() => store.getState().select(subject)}
        >
          <span className="quiet">{SHORT[subject.kind] ?? subject.kind}</span> {subject.name}
        </button>
      ))}
    </div>
  );
}
