/**
 * Writes on every node how long its kubelet may use Secrets and ConfigMaps before it asks for them again: the longer, the more
 * nodes there are. A change reaches a node with the next update of it.
 *
 * @source kubernetes pkg/controller/ttl/ttl_controller.go
 */
import { type Change, NOTHING, type Plan, type Situation, type View, defineController } from '#engine/client/plan';
import { strategicPatch, targetOf } from '../steps';

const TTL_ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** The step that holds. Steps overlap, so that nodes that come and go do not move it to and fro. */
interface TtlMemory {
  readonly step: number;
}

/** Nodes from which a step is left downwards and above which it is left upwards; its TTL, s. */
const STEPS = [
  [0, 100, 0],
  [90, 500, 15],
  [450, 1000, 30],
  [900, 2000, 60],
  [1800, Infinity, 300],
] as const;

export const ttlController = defineController<TtlMemory>({
  name: 'ttl-controller',
  component: 'ttl-controller',
  watches: ['Node'],
  initialMemory: { step: 0 },
  workers: 5,
  keysFor: ({ object }: Change) => [object.metadata.name],
  reconcile: reconcileTtl,
});

export function reconcileTtl(
  view: View,
  name: string,
  { memory }: Pick<Situation<TtlMemory>, 'memory'>,
): Plan<TtlMemory> {
  const count = view.list('Node').length;
  let { step } = memory;
  while (count > STEPS[step]![1]) step++;
  while (count < STEPS[step]![0]) step--;
  const node = view.get('Node', '', name);
  const ttl = String(STEPS[step]![2]);
  const held = step === memory.step ? {} : { memory: { step } };
  if (node === undefined || node.metadata.annotations?.[TTL_ANNOTATION] === ttl) return { ...NOTHING, ...held };
  const patch = { metadata: { annotations: { [TTL_ANNOTATION]: ttl } } };
  return {
    steps: [strategicPatch(targetOf(node), patch)],
    because: `there are ${count} nodes: a kubelet may use what it has read for ${ttl} s`,
    ...held,
  };
}
