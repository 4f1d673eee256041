/** What kubectl says of ports of the laptop, of the whole cluster, and of completion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from './story';
import { NETWORK } from './stories/network';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: String(NETWORK.nodes) }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    kubectl.write(NETWORK.files);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('tells what is wrong with ports, and dumps a cluster', async () => {
    await expect(await told(cluster, kubectl, NETWORK.stories['network']!)).toMatchFileSnapshot(
      'transcripts/network.txt',
    );
  }, 60_000);

  it('tells what is written wrongly', async () => {
    await expect(await told(cluster, kubectl, NETWORK.stories['wrong']!)).toMatchFileSnapshot('transcripts/wrong.txt');
  }, 60_000);
});
