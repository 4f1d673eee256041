/** What kubectl says of an app that is scaled by its load, from `kubectl autoscale` to the last Event. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, run, told } from './story';
import { apiModels, kubectlBinaries, post, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

const PHP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: php-apache}
spec:
  selector: {matchLabels: {run: php-apache}}
  template:
    metadata: {labels: {run: php-apache}}
    spec:
      containers:
      - name: php-apache
        image: registry.k8s.io/hpa-example
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 500m}, requests: {cpu: 200m}}
---
apiVersion: v1
kind: Service
metadata: {name: php-apache, labels: {run: php-apache}}
spec:
  ports: [{port: 80}]
  selector: {run: php-apache}
`;

const BEFORE: readonly Line[] = [
  '+90s',
  run('top nodes'),
  run('apply -f -', { stdin: PHP }),
  run('autoscale deployment php-apache --cpu-percent=50 --min=1 --max=10'),
  run('autoscale deployment nothing --max=3'),
  run('get hpa'),
  '+60s',
  run('get hpa'),
];
const LOADED: readonly Line[] = [
  '+3m',
  run('get hpa'),
  run('get deployment php-apache'),
  run('top pods'),
  run('describe hpa php-apache'),
];
const AFTER: readonly Line[] = [
  '+4m',
  run('get hpa'),
  '+2m',
  run('get hpa'),
  run('get hpa php-apache -o yaml'),
  run(
    "get events --field-selector=involvedObject.name=php-apache,involvedObject.kind=HorizontalPodAutoscaler -o custom-columns='TYPE:.type,REASON:.reason,COUNT:.count,MESSAGE:.message'",
  ),
];
const WRONG: readonly Line[] = [
  run('autoscale deployment missing --name=lost --max=3 --min=2'),
  run('delete deployment php-apache'),
  '+20s',
  run("get hpa php-apache -o jsonpath='{.status.conditions[0].message}'"),
];

const traffic = (requestsPerSecond: number): Promise<unknown> =>
  post(cluster.url, '/_sim/traffic', { name: 'php-apache', requestsPerSecond });

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: '3', addons: 'metrics-server' }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it('tells how an app grows with its load, and shrinks five minutes after it', async () => {
    const parts = [await told(cluster, kubectl, BEFORE)];
    await traffic(30);
    parts.push('(30 requests a second)\n', await told(cluster, kubectl, LOADED));
    await traffic(0);
    parts.push('(none)\n', await told(cluster, kubectl, AFTER), await told(cluster, kubectl, WRONG));
    await expect(parts.join('\n')).toMatchFileSnapshot('transcripts/autoscaling.txt');
  }, 60_000);
});
