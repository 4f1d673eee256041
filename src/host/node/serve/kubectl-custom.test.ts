/** A story of real kubectl commands with custom resources, as in `kubectl.test.ts`: the CronTab of Kubernetes' documentation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from './story';
import { CUSTOM } from './stories/custom';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: '1' }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    kubectl.write(CUSTOM.files);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('creates, explains, checks, scales and deletes custom resources', async () => {
    await expect(await told(cluster, kubectl, CUSTOM.stories['custom']!)).toMatchFileSnapshot('transcripts/custom.txt');
  }, 60_000);
});
