/** What kubectl says of metrics: without metrics-server, while it starts, and once it has something to tell. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS_SERVER } from '#engine/cluster/addons';
import { type Line, run, told } from './story';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: 'nginx:1.27'}
      - {name: cache, image: 'redis:7.4'}
`;

const STORY: readonly Line[] = [
  run('top nodes'),
  run('apply -f -', { stdin: WEB }),
  run('apply -f components.yaml'),
  '+6s',
  run('get apiservice v1beta1.metrics.k8s.io'),
  run('top nodes'),
  run('get --raw /apis/metrics.k8s.io/v1beta1/nodes'),
  '+70s',
  run('get pods -n kube-system -l k8s-app=metrics-server'),
  run('get apiservice v1beta1.metrics.k8s.io'),
  run('api-resources --api-group=metrics.k8s.io'),
  run('top nodes'),
  run('top pods'),
  run('top pods --containers --sum'),
  run('top pods -A --sort-by=memory --no-headers -l component'),
  run('top pod nothing'),
  run('get nodes.metrics.k8s.io node-1'),
  run('get --raw /apis/metrics.k8s.io/v1beta1/nodes/node-1'),
  run('auth can-i list pods.metrics.k8s.io --as=system:serviceaccount:default:default'),
  run('delete deployment -n kube-system metrics-server'),
  '+40s',
  run('get apiservice v1beta1.metrics.k8s.io'),
  run('top pods'),
];

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: '2' }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    writeFileSync(join(kubectl.home, 'components.yaml'), METRICS_SERVER);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('tells what nodes and pods use, once metrics-server does', async () => {
    await expect(await told(cluster, kubectl, STORY)).toMatchFileSnapshot('transcripts/metrics.txt');
  }, 60_000);
});
