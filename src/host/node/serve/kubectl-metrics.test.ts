/** What kubectl says of metrics: without metrics-server, while it starts, and once it has something to tell. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from './story';
import { METRICS } from './stories/metrics';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: String(METRICS.nodes) }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    kubectl.write(METRICS.files);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('tells what nodes and pods use, once metrics-server does', async () => {
    await expect(await told(cluster, kubectl, METRICS.stories['metrics']!)).toMatchFileSnapshot(
      'transcripts/metrics.txt',
    );
  }, 60_000);
});
