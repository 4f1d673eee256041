/** The pods of a machine as bytes that a painter reads fast: four bits of shape, four of owner's colour. Pure but for what it remembers. */
import type { PodRecord, SandboxRecord } from '#engine/cluster/records';
import { HUES, hueIndex } from '../chips/hue';
import { POD_SHAPES, podShape } from '../chips/pod-shape';
import { isAsSaid } from '../state/truth';

/** Runs, though the API knows no such pod (any more). */
export const ORPHAN = POD_SHAPES.length;
/** Of the system's pods. */
export const SYSTEM_HUE = HUES;

const SHAPE_CODES = new Map(POD_SHAPES.map((shape, code) => [shape, code]));
const NOTHING = new Uint8Array(0);

interface Coded {
  readonly sandboxes: readonly SandboxRecord[];
  readonly codes: Uint8Array;
}

const coded = new WeakMap<readonly PodRecord[], Coded>();
const byUidOf = new WeakMap<readonly SandboxRecord[], ReadonlyMap<string, SandboxRecord>>();
/** An app keeps its colour for a run's whole life, and the words of its name are split once. */
const ownersOf = new WeakMap<ReadonlyMap<string, number>, Map<string, number>>();

function byUid(sandboxes: readonly SandboxRecord[]): ReadonlyMap<string, SandboxRecord> {
  let known = byUidOf.get(sandboxes);
  if (!known) byUidOf.set(sandboxes, (known = new Map(sandboxes.map((sandbox) => [sandbox.podUid, sandbox]))));
  return known;
}

function ownerCode(app: string, hues: ReadonlyMap<string, number>): number {
  let known = ownersOf.get(hues);
  if (!known) ownersOf.set(hues, (known = new Map()));
  let code = known.get(app);
  if (code === undefined) known.set(app, (code = hueIndex(app, hues.get(app)) ?? SYSTEM_HUE));
  return code;
}

/** One byte a pod, in the order of the pods, then one for each that only the machine knows. */
export function podCodes(
  pods: readonly PodRecord[],
  sandboxes: readonly SandboxRecord[],
  hues: ReadonlyMap<string, number>,
): Uint8Array {
  if (pods.length === 0 && sandboxes.length === 0) return NOTHING;
  const known = coded.get(pods);
  if (known?.sandboxes === sandboxes) return known.codes;
  const existing = byUid(sandboxes);
  let found = 0;
  const codes = pods.map((pod) => {
    const sandbox = existing.get(pod.uid);
    if (sandbox) found++;
    const shape = SHAPE_CODES.get(podShape(pod, isAsSaid(pod, sandbox))) ?? 0;
    return (shape << 4) | ownerCode(pod.app, hues);
  });
  for (let orphan = found; orphan < existing.size; orphan++) codes.push((ORPHAN << 4) | SYSTEM_HUE);
  const bytes = Uint8Array.from(codes);
  coded.set(pods, { sandboxes, codes: bytes });
  return bytes;
}
