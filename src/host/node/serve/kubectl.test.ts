// long: one table of commands
/**
 * Real kubectl commands against a served cluster: what each prints, to the letter, in `transcripts/`. The clock stands still
 * unless a step says that it runs, so that the outputs do not depend on the speed of this computer. To add a command, add a step, run
 * this file with `-u`, and read the difference before you accept it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, run, told } from './story';
import { advance, apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
`;

const STORIES: Readonly<Record<string, readonly Line[]>> = {
  types: [
    '+12m',
    run('api-resources --namespaced=false --no-headers -o name'),
    run('api-resources --api-group=apps'),
    run('api-versions'),
    run('explain pod.spec.containers.ports'),
    run('explain deployment.spec.strategy --recursive'),
    run('explain pods.spec.restartPolicy'),
    run('explain hpa --api-version=autoscaling/v1'),
    run('explain events --api-version=events.k8s.io/v1'),
    run('explain pod.spec.nothing'),
    run('explain nothing'),
    run('get cronjobs.v1beta1.batch'),
    run('get podsecuritypolicies'),
    run('get componentstatuses'),
    run('get apiservices v1.apps'),
    run('get --raw /livez?verbose'),
    run('get --raw /apis/batch/v1beta1'),
    run('create --dry-run=server -o yaml -f -', {
      stdin:
        'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, targetCPUUtilizationPercentage: 50}\n',
    }),
  ],
  cluster: [
    '+12m',
    run('get nodes'),
    run('get nodes --show-kind --no-headers'),
    run('get nodes -L topology.kubernetes.io/zone'),
    run("get nodes -o custom-columns='NAME:.metadata.name,CPU:.status.capacity.cpu,PODS:.status.allocatable.pods'"),
    run('get namespaces'),
    run('get all --all-namespaces'),
    run('version'),
    run('cluster-info'),
    run('get --raw /readyz'),
    run('get --raw /nowhere'),
    run('config current-context'),
    run('config view --minify -o jsonpath={.contexts[0].context}'),
    run('get nonsense'),
    run('get pods --all-namespaces'),
    run('label node node-1 disk=ssd'),
    run('label node node-1 disk=ssd'),
    run('label node node-1 disk=hdd'),
    run('label node node-1 disk=hdd --overwrite'),
    run('get nodes -l disk=hdd -o name'),
    run('label node node-1 disk-'),
    run('annotate node node-1 owner=me'),
    run("get node node-1 -o jsonpath='{.metadata.annotations.owner}'"),
    run('taint node node-1 dedicated=db:NoSchedule'),
    run("get node node-1 -o jsonpath='{.spec.taints}'"),
    run('taint node node-1 dedicated-'),
    run('cordon node-2'),
    run('get node node-2'),
    run('uncordon node-2'),
    run('uncordon node-2'),
  ],
  apply: [
    run('apply -f web.yaml'),
    '+12m',
    run('rollout status deployment/web'),
    run('get all'),
    run('get deployment web -o wide'),
    run('apply -f -', { stdin: WEB.replace('replicas: 2', 'replicas: 3') }),
    run('diff -f web.yaml'),
    run('apply -f web.yaml --dry-run=server'),
    run('apply -f web.yaml'),
    run('apply -f web.yaml'),
    run('apply view-last-applied service/web'),
    run('apply --server-side -f web.yaml'),
    run('apply --server-side --force-conflicts -f web.yaml'),
    run('apply --server-side --field-manager=other -f -', { stdin: WEB.replace('replicas: 2', 'replicas: 5') }),
    run('get deployment web --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}'),
    run('apply --prune -l app=web -f -', { stdin: WEB.slice(0, WEB.indexOf('---')) }),
    run('delete service web'),
    run('delete -f web.yaml', { speed: 100 }),
    run('get deployments,pods'),
  ],
  pods: [
    run('run hello --image=nginx:1.27 --labels=app=hello --port=80'),
    run('run hello --image=nginx:1.27'),
    run('wait --for=condition=Ready pod/hello --timeout=60s', { speed: 50 }),
    '+12m',
    run('get pods'),
    run('get pod hello -o wide'),
    run('get pod hello -o name'),
    run('get pods -o yaml'),
    run('get pod hello -o json'),
    run("get pod hello -o jsonpath='{.status.phase} {.spec.nodeName} {.status.podIP}'"),
    run(
      "get pods -o custom-columns='NAME:.metadata.name,IMAGE:.spec.containers[0].image,READY:.status.containerStatuses[0].ready'",
    ),
    run("get pods -o go-template='{{range .items}}{{.metadata.name}} {{.status.qosClass}}{{end}}'"),
    run('get pods -l app=hello --show-labels'),
    run('get pods -l app!=hello'),
    run('get pods --field-selector status.phase=Running -o name'),
    run('get pods --sort-by=.metadata.name'),
    run('describe pod hello'),
    run('expose pod hello --port=80'),
    '+12m',
    run('get service hello -o wide'),
    run('get endpointslices -l kubernetes.io/service-name=hello'),
    run('label pod hello tier=front'),
    run('get pod hello --show-labels'),
    run('annotate pod hello note=x'),
    run(`patch pod hello -p '{"metadata":{"labels":{"tier":"back"}}}'`),
    run(`patch pod hello --type=merge -p '{"metadata":{"annotations":{"note":null}}}'`),
    run(`patch pod hello --type=json -p '[{"op":"replace","path":"/spec/containers/0/image","value":"nginx:1.28"}]'`),
    '+1m',
    run(`patch pod hello -p '{"spec":{"nodeName":"node-2"}}'`),
    run('delete pod hello --grace-period=5', { speed: 50 }),
    run('delete pod hello'),
    run('delete pod hello --ignore-not-found'),
    run('delete service hello'),
    run('get pods'),
  ],
  rollout: [
    run('create deployment api --image=nginx:1.26 --replicas=2'),
    run('rollout status deployment/api --timeout=120s', { speed: 50, lastLine: true }),
    run('set image deployment/api nginx=nginx:1.27'),
    '+2m',
    run('rollout status deployment/api'),
    run('rollout history deployment/api'),
    run('rollout history deployment/api --revision=1'),
    run('rollout undo deployment/api'),
    '+2m',
    run("get deployment api -o jsonpath='{.spec.template.spec.containers[0].image}'"),
    run('rollout restart deployment/api'),
    '+12m',
    run('rollout pause deployment/api'),
    run('rollout resume deployment/api'),
    run('scale deployment/api --replicas=4'),
    run('scale deployment/api --current-replicas=2 --replicas=3'),
    '+12m',
    run('get deployment api'),
    run(
      'get replicasets -o custom-columns=DESIRED:.spec.replicas,IMAGE:.spec.template.spec.containers[0].image --sort-by=.metadata.creationTimestamp',
    ),
    run('set env deployment/api MODE=test'),
    run('set resources deployment/api --requests=cpu=100m,memory=64Mi'),
    run(
      "get deployment api -o jsonpath='{.spec.template.spec.containers[0].env}{.spec.template.spec.containers[0].resources}'",
    ),
    '+12m',
    run('describe deployment api --show-events=false'),
    run('edit deployment/api', { env: { KUBE_EDITOR: 'sed -i "s/replicas: 4/replicas: 1/"' } }),
    run('edit deployment/api', { env: { KUBE_EDITOR: 'true' } }),
    run('wait --for=jsonpath={.spec.replicas}=1 deployment/api'),
    run('autoscale deployment nothing --max=3'),
    run('delete deployment api', { speed: 100 }),
  ],
  streams: [
    run(`run talker --image=busybox:1.36 -- sh -c 'echo one; echo two; sleep 3600'`),
    run('run server --image=nginx:1.27'),
    '+1m',
    run('logs talker'),
    run('logs talker --tail=1 --timestamps=false'),
    run('logs nobody'),
    run('exec server -- echo hello'),
    run(`exec server -- sh -c 'echo wrong >&2; exit 3'`),
    run('exec -i server -- cat', { stdin: 'typed\n' }),
    run('exec server -- nonsense'),
    run('exec server -- /bin/nonsense'),
    run('cp notes.txt server:/tmp/notes.txt'),
    run('exec server -- cat /tmp/notes.txt'),
    run('cp server:tmp/notes.txt back/notes.txt'),
    run('cp back talker:/tmp'),
    run('exec talker -- cat /tmp/back/notes.txt'),
    run('cp notes.txt server:/nowhere/notes.txt'),
    run('cp notes.txt talker:/nowhere/notes.txt'),
    run('cp nothing.txt server:/tmp'),
    run('run bare --image=registry.k8s.io/pause:3.10'),
    '+1m',
    run('cp notes.txt bare:/tmp/notes.txt'),
    run('run typed --rm -i --image=busybox:1.36 --restart=Never -- cat', { stdin: 'hello\n', speed: 20 }),
    run(`run failing --rm -i --image=busybox:1.36 --restart=Never -q -- sh -c 'sleep 5; exit 3'`, { speed: 20 }),
    run('attach nobody'),
    run('attach server -c nothing'),
    run('debug server --image=busybox:1.36 --container=look --profile=general -- hostname'),
    '+10s',
    run('logs server -c look'),
    run("get pod server -o jsonpath='{.status.ephemeralContainerStatuses[*].state.terminated.reason}'"),
    run('debug server --image=busybox:1.36 --target=nothing --profile=general -- true'),
    run('exec nobody -- ls'),
    run('delete pod talker server bare --now', { speed: 100 }),
  ],
  access: [
    run('auth whoami'),
    run('auth can-i create pods'),
    run('auth can-i delete nodes --as=system:serviceaccount:default:default'),
    run('get secrets --as=jane --as-group=developers'),
    run('create serviceaccount reader'),
    run('create role pod-reader --verb=get,list --resource=pods'),
    run('create rolebinding reader --role=pod-reader --serviceaccount=default:reader'),
    run('auth can-i list pods --as=system:serviceaccount:default:reader'),
    run('auth can-i delete pods --as=system:serviceaccount:default:reader'),
    run('auth can-i --list --as=system:serviceaccount:default:reader'),
    run('describe role pod-reader'),
    run('get rolebindings -o wide'),
    { ...run('create token reader --duration=1h'), secret: true },
    run('get pods --token=nonsense'),
    run('delete rolebinding/reader role/pod-reader serviceaccount/reader'),
  ],
  objects: [
    run('create namespace shop'),
    run('create configmap settings -n shop --from-literal=color=blue --from-literal=size=9'),
    run('get configmap settings -n shop -o yaml'),
    run('create secret generic login -n shop --from-literal=password=hunter2'),
    run('get secrets -n shop'),
    run("get secret login -n shop -o go-template='{{.data.password | base64decode}}'"),
    run('describe secret login -n shop'),
    run('create serviceaccount robot -n shop'),
    run('create service clusterip inner -n shop --tcp=80:8080'),
    run('create service nodeport outer -n shop --tcp=80 --node-port=30080'),
    run('get services -n shop'),
    run('describe service inner -n shop'),
    run('replace -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {color: red}\n',
    }),
    run('describe configmap settings -n shop'),
    run("get configmap settings -n shop -o jsonpath='{.data}'"),
    run('describe configmap settings -n shop'),
    run('replace -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: missing, namespace: shop}\n',
    }),
    run('create -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: some-, namespace: shop}\n',
    }),
    run('create -f -', {
      stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\nspec: {containers: []}\n',
    }),
    run('apply -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typo}\ndate: {a: b}\n',
    }),
    run('apply -f -', {
      stdin: 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: old}\n',
    }),
    run('apply -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far, namespace: nowhere}\n',
    }),
    '+12m',
    run('get configmaps,services -n shop --no-headers'),
    run('delete configmap --all -n shop'),
    run('delete namespace shop', { speed: 100 }),
    run('get namespace shop'),
    run('top nodes'),
  ],
};

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: '3', zones: '2' }, true, await apiModels());
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    writeFileSync(join(kubectl.home, 'web.yaml'), WEB);
    writeFileSync(join(kubectl.home, 'notes.txt'), 'first\nsecond\n');
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it.each(Object.entries(STORIES))(
    '%s',
    async (name, lines) => {
      await expect(await told(cluster, kubectl, lines)).toMatchFileSnapshot(`transcripts/${name}.txt`);
    },
    60_000,
  );

  it.each(kubectlBinaries().map((path) => [path.slice(path.lastIndexOf('/') + 1), path] as const))(
    '%s explains, applies, diffs and refuses by what OpenAPI says',
    async (name, path) => {
      const command = new RealKubectl(path, cluster.kubeconfig);
      const namespace = name.replaceAll('.', '-');
      await command.run(['create', 'namespace', namespace]);
      const { stdout: explained } = await command.run(['explain', 'pod.spec.containers.ports']);
      expect(explained).toContain('ContainerPort represents a network port in a single container.');
      const apply = (text: string) => command.run(['apply', '-n', namespace, '-f', '-'], text);
      expect((await apply(WEB)).stdout).toBe('deployment.apps/web created\nservice/web created\n');
      const more = WEB.replace('- containerPort: 80', '- containerPort: 80\n        - containerPort: 81');
      const { stdout: differs } = await command.run(['diff', '-n', namespace, '-f', '-'], more);
      expect(differs).toContain('+        - containerPort: 81');
      expect((await apply(more)).stdout).toBe('deployment.apps/web configured\nservice/web unchanged\n');
      expect((await apply(WEB.replace('replicas: 2', 'replica: 2'))).stderr).toContain('unknown field "spec.replica"');
      command.remove();
    },
    60_000,
  );

  it('applies on the server side, takes over from client-side apply, and says who is in the way', async () => {
    const map = (value: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: owned}, data: {x: "${value}"}}`;
    const apply = (value: string, ...flags: string[]) => kubectl.run(['apply', ...flags, '-f', '-'], map(value));
    expect((await apply('1')).stdout).toBe('configmap/owned created\n');
    expect((await apply('2', '--server-side')).stdout).toBe('configmap/owned serverside-applied\n');
    const other = ['--server-side', '--field-manager=other'];
    const refused = await apply('3', ...other);
    expect([refused.code, refused.stderr.split('\n', 1)[0]]).toEqual([
      1,
      'error: Apply failed with 1 conflict: conflict with "kubectl": .data.x',
    ]);
    expect((await apply('3', ...other, '--force-conflicts')).stdout).toBe('configmap/owned serverside-applied\n');
    const managers = 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{"\\n"}{end}';
    const { stdout } = await kubectl.run(['get', 'configmap', 'owned', '--show-managed-fields', '-o', managers]);
    expect(stdout).toBe('kubectl-last-applied Apply\nother Apply\n');
    await kubectl.run(['delete', 'configmap', 'owned']);
  }, 60_000);

  it('forwards a port, copies files and runs commands by SPDY and by WebSocket, as each version does', async () => {
    await kubectl.run(['run', 'pages', '--image=nginx:1.27']);
    await advance(cluster.url, '1m');
    const binaries = kubectlBinaries();
    for (const path of new Set([binaries[0] ?? '', newest ?? ''])) {
      const command = new RealKubectl(path, cluster.kubeconfig);
      expect(await command.run(['exec', '-i', 'pages', '--', 'cat'], 'typed')).toMatchObject({
        code: 0,
        stdout: 'typed',
      });
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) & 255);
      writeFileSync(join(command.home, 'there'), bytes);
      expect(await command.run(['cp', 'there', 'pages:/tmp/there'])).toMatchObject({ code: 0, stdout: '' });
      await command.run(['cp', 'pages:tmp/there', 'back']);
      expect(new Uint8Array(readFileSync(join(command.home, 'back')))).toEqual(bytes);
      const forward = command.start(['port-forward', 'pod/pages', ':80']);
      const [, port = ''] = await forward.prints(/127\.0\.0\.1:(\d+)/);
      const page = await fetch(`http://127.0.0.1:${port}/`);
      expect({ status: page.status, title: (await page.text()).includes('Welcome to nginx!') }).toEqual({
        status: 200,
        title: true,
      });
      forward.stop();
      command.remove();
    }
  }, 60_000);
});
