/**
 * What a real kubectl says while two of three control planes are without power, as in `kubectl.test.ts`. The API server that is left is
 * restarted by its kubelet again and again, as its liveness probe asks etcd for a read that nobody can confirm.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, told } from './story';
import { ask, kubectlBinaries, post, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

const powerOff = async (machine: string): Promise<string> =>
  (await post(cluster.url, '/_sim/faults', { type: 'power-off', machine })).json['id'] as string;

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ 'control-planes': '3', nodes: '1' });
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('is told that etcd answers nobody, is turned away while the API server starts, and goes on when a quorum is back', async () => {
    const before = await told(cluster, kubectl, [
      '+20s',
      run('get nodes -o name'),
      run('create configmap acknowledged'),
    ]);
    const first = await powerOff('control-plane-1');
    await powerOff('control-plane-2');
    const without = await told(cluster, kubectl, [
      '+5s',
      run('create configmap late'),
      run('get --raw /readyz?verbose'),
      run('get --raw /livez/ping'),
      run('get --raw /livez/etcd'),
      run("get --raw '/livez?exclude=etcd&exclude=shutdown&verbose'"),
      run('get pods'),
      '+50s',
      run('get --raw /readyz'),
      run('get --raw /api/v1/nodes'),
      run('create configmap late'),
      '+1m57s',
      run('create configmap late'),
    ]);
    await ask(cluster.url, `/_sim/faults/${first}`, { method: 'DELETE' });
    const after = await told(cluster, kubectl, [
      '+6m',
      run('get --raw /readyz'),
      run('get configmaps'),
      run('create configmap late'),
      run(
        'get pods -n kube-system -l component=kube-apiserver --field-selector spec.nodeName=control-plane-3 -o jsonpath={.items[0].status.containerStatuses[0].lastState.terminated}',
      ),
    ]);
    const story = `${before}\n# control-plane-1 and control-plane-2 lose their power\n\n${without}\n# control-plane-1 gets it back\n\n${after}`;
    await expect(story).toMatchFileSnapshot('transcripts/quorum.txt');
  }, 60_000);
});
