/** Keeps the groups of the stage up to date: pods as the frames tell of them, how all hangs together as the engine answers, neither too often. */
import { useEffect, useState } from 'react';
import type { Structure } from '#engine/cluster/structure';
import type { EngineLink } from '#host/worker/protocol';
import { useCommands } from '../state/commands';
import type { Mirror } from '../state/mirror';
import { useUiStore, type UiStore } from '../state/store';
import type { Arrangement } from '../state/view-slice';
import { byService } from './by-service';
import { byWorkload } from './by-workload';
import type { Card, Group } from './groups';

/** Real milliseconds between two arrangements, and between two questions; each waits also so many times as long as it takes. */
const ARRANGE_MS = 100;
const ASK_MS = 400;
const REST = 8;

const NOTHING: Structure = { owners: [], claims: [], services: [], ingresses: [] };

export interface Grouped {
  readonly groups: readonly Group[];
  /** Why the structure could not be read; empty: it could. */
  readonly problem: string;
}

/** By what a stage without machines is laid out. */
export type ByObject = Exclude<Arrangement, 'machine'>;

const arrange = { workload: byWorkload, service: byService } as const;

/** Gives those cards that say the same as before as the same objects, so that they are not drawn anew. */
export class SameCards {
  #known = new Map<string, { readonly text: string; readonly card: Card }>();

  keep(groups: readonly Group[]): readonly Group[] {
    const next = new Map<string, { readonly text: string; readonly card: Card }>();
    const kept = groups.map((group) => ({
      ...group,
      cards: group.cards.map((card) => {
        const text = JSON.stringify(card);
        const old = this.#known.get(card.key);
        const entry = old?.text === text ? old : { text, card };
        next.set(card.key, entry);
        return entry.card;
      }),
    }));
    this.#known = next;
    return kept;
  }
}

/** Does something now and then: soon after it was asked for, but with a rest that grows with what it takes. */
function paced(
  leastMs: number,
  act: () => Promise<void> | void,
): { readonly soon: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restUntil = 0;
  let stopped = false;
  const run = async (): Promise<void> => {
    const begun = performance.now();
    restUntil = Number.POSITIVE_INFINITY;
    await act();
    const now = performance.now();
    restUntil = now + Math.max(leastMs, REST * (now - begun));
    timer = undefined;
    if (wanted) soon();
  };
  let wanted = false;
  const soon = (): void => {
    wanted = timer !== undefined;
    if (stopped || wanted) return;
    timer = setTimeout(
      () => {
        wanted = false;
        void run();
      },
      Math.max(0, restUntil - performance.now()),
    );
  };
  return {
    soon,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function follow(by: ByObject, store: UiStore, link: EngineLink, tell: (grouped: Grouped) => void): () => void {
  const same = new SameCards();
  let structure: Structure | null = null;
  let problem = '';
  let gone = false;
  const arranging = paced(ARRANGE_MS, () => {
    if (gone || structure === null) return;
    const { podsByNode, workloads } = store.getState().mirror;
    const pods = [...podsByNode.values()].flat();
    tell({ groups: same.keep(arrange[by]({ pods, workloads, structure })), problem });
  });
  const asking = paced(ASK_MS, async () => {
    try {
      structure = await link.look({ type: 'structure' });
      problem = '';
    } catch (error) {
      structure ??= NOTHING;
      problem = error instanceof Error ? error.message : String(error);
    }
    arranging.soon();
  });
  const look = (mirror: Mirror, before: Mirror | null): void => {
    if (mirror.objects === before?.objects) return;
    asking.soon();
    if (mirror.podsByNode !== before?.podsByNode || mirror.workloads !== before.workloads) arranging.soon();
  };
  look(store.getState().mirror, null);
  const unsubscribe = store.subscribe((state, before) => look(state.mirror, before.mirror));
  return () => {
    gone = true;
    unsubscribe();
    arranging.stop();
    asking.stop();
  };
}

/** The groups; null until the engine has answered for the first time. */
export function useGroups(by: ByObject): Grouped | null {
  const store = useUiStore();
  const { link } = useCommands();
  const [told, setTold] = useState<{ readonly by: ByObject; readonly grouped: Grouped } | null>(null);
  useEffect(() => follow(by, store, link, (grouped) => setTold({ by, grouped })), [by, store, link]);
  return told?.by === by ? told.grouped : null;
}
