/** What the real kubectl makes of kustomizations, as in `kubectl.test.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from './story';
import { KUSTOMIZATIONS } from './stories/kustomizations';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: String(KUSTOMIZATIONS.nodes) }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    kubectl.write(KUSTOMIZATIONS.files);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('builds overlays on bases, and says what is wrong', async () => {
    await expect(await told(cluster, kubectl, KUSTOMIZATIONS.stories['kustomizations']!)).toMatchFileSnapshot(
      'transcripts/kustomizations.txt',
    );
  }, 60_000);
});
