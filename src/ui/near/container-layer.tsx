/**
 * From near, a pod's chip shows its containers: a line for each with its name, restarts and probes, and its state by colour and shape.
 * Drawn over the chips of whatever layout the stage has. Screen readers find the same in the inspector.
 */
import { useStoreApi } from '@xyflow/react';
import { memo, useEffect, useRef, useState } from 'react';
import type { ContainerEntry, Containers } from '#engine/cluster/structure';
import { useCommands } from '../state/commands';
import { objectByUid } from '../state/mirror';
import { useUiStore } from '../state/store';
import '../theme/near.css';

/** Real milliseconds between two questions to the engine. */
const ASK_MS = 500;
/** Chips in view are few from near. */
const MOST_CHIPS = 120;
/** Below so many pixels a container is a mark without words. */
const WORDS_FROM = 44;
const MOST_NAMED = 4;

interface Shown {
  readonly uid: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const PROBE = { startup: 'S', liveness: 'L', readiness: 'R' } as const;

export const containerCondition = ({ state, ready, role, exitCode }: ContainerEntry): string => {
  if (state === 'terminated') return exitCode === 0 ? 'done' : 'failed';
  if (state === 'waiting') return 'waiting';
  return ready || role === 'init' || role === 'ephemeral' ? 'ready' : 'unready';
};

/** Whether the machine does something else than the API says. */
export const differs = ({ state, really }: ContainerEntry): boolean =>
  state === 'running' ? really !== 'running' : really === 'running' || really === 'paused';

const Marks = memo(function Marks({ containers, size }: { containers: readonly ContainerEntry[]; size: number }) {
  const named = size >= WORDS_FROM && containers.length <= MOST_NAMED;
  return containers.map((one) => (
    <span
      key={one.name}
      className="near-container"
      data-container={one.name}
      data-role={one.role}
      data-condition={containerCondition(one)}
      data-differs={differs(one)}
    >
      {named ? (
        <>
          <b>{one.name}</b>
          {one.restarts > 0 ? <em>{one.restarts}</em> : null}
          <small>{one.probes.map((probe) => PROBE[probe]).join('')}</small>
        </>
      ) : null}
    </span>
  ));
});

function chipsInView(stage: Element): readonly Shown[] {
  const origin = stage.getBoundingClientRect();
  const shown: Shown[] = [];
  for (const chip of stage.querySelectorAll('button.chip[data-uid]')) {
    const box = chip.getBoundingClientRect();
    if (box.right < origin.left || box.left > origin.right || box.bottom < origin.top || box.top > origin.bottom)
      continue;
    shown.push({
      uid: chip.getAttribute('data-uid') ?? '',
      x: box.x - origin.x,
      y: box.y - origin.y,
      size: box.width,
    });
    if (shown.length === MOST_CHIPS) break;
  }
  return shown;
}

export function ContainerLayer() {
  const store = useUiStore();
  const flow = useStoreApi();
  const { link } = useCommands();
  const layer = useRef<HTMLDivElement>(null);
  const [chips, setChips] = useState<readonly Shown[]>([]);
  const [containers, setContainers] = useState<Containers>({});

  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    let seen: readonly Shown[] = [];
    const place = (): void => {
      frame = 0;
      const stage = layer.current?.closest('.stage');
      if (!stage) return;
      seen = chipsInView(stage);
      setChips(seen);
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(place);
    };
    const ask = async (): Promise<void> => {
      place();
      const begun = performance.now();
      const { mirror } = store.getState();
      const nodes = seen.flatMap(({ uid }) => {
        const pod = objectByUid(mirror, uid);
        return pod?.kind === 'Pod' && pod.node !== null ? [pod.node] : [];
      });
      try {
        const answer = await link.look({ type: 'containers', nodes: [...new Set(nodes)] });
        if (!gone) setContainers(answer);
      } catch {
        // The engine has stopped: its own panel says so.
      }
      if (!gone) timer = setTimeout(() => void ask(), Math.max(ASK_MS, 8 * (performance.now() - begun)));
    };
    void ask();
    const stopFlow = flow.subscribe((now, before) => {
      if (now.transform !== before.transform) soon();
    });
    const stopStore = store.subscribe((now, before) => {
      if (now.mirror.podsByNode !== before.mirror.podsByNode || now.arrangement !== before.arrangement) soon();
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      stopFlow();
      stopStore();
    };
  }, [store, flow, link]);

  return (
    <div ref={layer} className="near-layer" aria-hidden="true">
      {chips.map(({ uid, x, y, size }) => {
        const own = containers[uid];
        return own ? (
          <div key={`${uid} ${x}`} className="near-pod" style={{ left: x, top: y, width: size, height: size }}>
            <Marks containers={own} size={size} />
          </div>
        ) : null;
      })}
    </div>
  );
}
