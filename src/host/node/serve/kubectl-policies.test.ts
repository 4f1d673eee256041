/** Policies in CEL as kubectl's users meet them: what each command prints, to the letter, in `transcripts/policies.txt`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from './story';
import { POLICIES } from './stories/policies';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

describe.skipIf(newest === null)(`kubectl and policies${why}`, () => {
  let cluster: Served;
  let kubectl: RealKubectl;

  beforeAll(async () => {
    cluster = await served({ nodes: '1' }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it.each(Object.entries(POLICIES.stories))(
    '%s',
    async (name, lines) => {
      await expect(await told(cluster, kubectl, lines)).toMatchFileSnapshot(`transcripts/${name}.txt`);
    },
    60_000,
  );
});
