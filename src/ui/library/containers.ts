/** The containers of a pod that a fault can be brought on. */
import type { Hands } from './actions';

/**
 * Names of the containers that run, whether or not they stand still, in the order in which they start.
 *
 * @param target - `namespace/name` of a pod
 * @returns empty when the pod is on no machine, or the engine cannot answer
 */
export async function runningContainers(
  { store, commands }: Pick<Hands, 'store' | 'commands'>,
  target: string,
): Promise<readonly string[]> {
  const pods = [...store.getState().mirror.podsByNode.values()].flat();
  const pod = pods.find(({ namespace, name }) => `${namespace}/${name}` === target);
  if (!pod || pod.node === null) return [];
  try {
    const containers = await commands.link.look({ type: 'containers', nodes: [pod.node] });
    return (containers[pod.uid] ?? [])
      .filter(({ really }) => really === 'running' || really === 'paused')
      .map(({ name }) => name);
  } catch {
    return []; // The engine has stopped: its own panel says so.
  }
}
