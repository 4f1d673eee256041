/** What is said of a pod's containers. It comes with them, late. */
import type { ContainerEntry } from '#engine/cluster/structure';

export const enNear = {
  containers: 'Containers',
  believed: 'Containers, as the API has them',
  role: { init: 'init', sidecar: 'sidecar', main: '', ephemeral: 'ephemeral' } satisfies Record<
    ContainerEntry['role'],
    string
  >,
  state: (state: ContainerEntry['state'], reason: string) => (reason === '' ? state : `${state}: ${reason}`),
  really: {
    absent: 'really: not there',
    created: 'really: not started',
    running: 'really: runs',
    paused: 'really: stands still',
    exited: 'really: has ended',
  } satisfies Record<ContainerEntry['really'], string>,
  ready: (ready: boolean): string => (ready ? 'ready' : 'not ready'),
  restarts: (times: number) => (times === 1 ? '1 restart' : `${times} restarts`),
  probes: (probes: readonly string[]) => `${probes.join(', ')} probe${probes.length === 1 ? '' : 's'}`,
};
