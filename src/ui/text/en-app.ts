/** What is said of the page and of the cluster as a whole. */
export const enApp = {
  name: 'Kubarium',
  run: (scenario: string, seed: number) => `${scenario} · seed ${seed}`,
  share: 'Share this run',
  clusters: (current: string) => `Kept clusters: ${current} is open`,
  follows: 'Follows',
  followsHint: 'Another tab runs this cluster. What is done here is done there.',
  leads: 'The other tab was closed: this one runs the cluster from now on.',
  unkept: {
    full: 'There is no room left in this browser to keep the cluster. Delete other clusters, or save it as a file.',
    refused: 'This browser keeps nothing, as in a private window: a reload begins anew. Save the cluster as a file.',
  },
  refusal: {
    past: 'You look at the past: go back to the present, or branch here, to act.',
    'leader-gone': 'The tab that ran this cluster was closed before it had answered. See whether it was done.',
  },
};

export const enBoot = {
  loading: 'Loading the engine…',
  machinesReady: (ready: number, total: number) => `Booting: ${ready} of ${total} machines Ready`,
  failed: (reason: string) => `The engine could not start: ${reason}`,
};
