/** What kubectl says of ports of the laptop, of the whole cluster, of shells' completion, and of what is written wrongly. */
import { run, type StorySet } from '../story';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: 'nginx:1.27', ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: front, port: 8080, targetPort: http}, {name: lost, port: 8081, targetPort: lost}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: looks}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: looks}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: looks}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
---
apiVersion: v1
kind: Pod
metadata: {name: waits}
spec: {nodeSelector: {color: blue}, containers: [{name: main, image: 'nginx:1.27'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: named}
spec: {containers: [{name: main, image: 'nginx:1.27'}]}
`;

export const NETWORK: StorySet = {
  nodes: 1,
  zones: 1,
  files: {},
  stories: {
    network: [
      run('apply -f -', { stdin: WEB }),
      '+10s',
      run('port-forward'),
      run('port-forward pod/none'),
      run('port-forward pod/none 80'),
      run('port-forward web 80'),
      run('port-forward svc/none 80'),
      run('port-forward configmap/kube-root-ca.crt 80'),
      run('exec configmap/kube-root-ca.crt -- ls'),
      run('logs configmap/kube-root-ca.crt'),
      run('port-forward svc/web 81'),
      run('port-forward svc/web 80:none'),
      run('port-forward svc/web 8081'),
      run('port-forward svc/web 53'),
      run('port-forward svc/web 5353:dns'),
      run('port-forward deploy/web 8080:none'),
      run('port-forward deploy/web 8080:'),
      run('port-forward deploy/web 5353:dns'),
      run('port-forward deploy/web a:80'),
      run('port-forward deploy/web 8080:99999'),
      run('port-forward deploy/web 8080:-1'),
      run('port-forward deploy/web 8080:0'),
      run('port-forward deploy/web 70000:80'),
      run('port-forward deploy/web 9999:80 --address=foo'),
      run('port-forward deploy/web 9999:80 --address=203.0.113.7'),
      run('port-forward pod/waits 8080:80'),
      run('port-forward pod/waits 8080:80 --pod-running-timeout=0'),
      run('port-forward pod/named 8080:80 --as=jane'),
      run('proxy --address=203.0.113.7'),
      run('proxy --port=x'),
      run('completion'),
      run('completion tcsh'),
      run('completion bash zsh'),
      run('cluster-info dump --namespaces=nothing,kube-public -o jsonpath={.kind}:{.items[*].metadata.name}:'),
      run('cluster-info dump --namespaces=nothing -o name'),
      run('cluster-info dump --namespaces=nothing --output-directory=dumped'),
      run('cluster-info nothing'),
    ],
    wrong: [
      run('gett pods'),
      run('descibe pods'),
      run('xyz'),
      run('rollout undoo deploy/web'),
      run('config use-contxt x'),
      run('get pods --nope'),
      run('get pods -Z'),
      run('get pods --output'),
      run('get pods -o'),
      run('get pods -o tabel'),
      run('get pods -w=maybe'),
      run('scale deploy/web --replicas=many'),
      run('scale deploy/web'),
      run('get pods -l app==a==b'),
      run("get pods -l 'app in (a'"),
      run("get pods -l 'app notin'"),
      run("get pods -l '!'"),
      run("get pods -l 'a b'"),
      run("get pods -l 'app in ()'"),
      run("get pods -l 'x/y/z=1'"),
      run('get pods -l app=a/b'),
      run('get pods --field-selector=spec.nope=1'),
      run('get pods --field-selector=metadata.name'),
      run('get pods --sort-by=.nope'),
      run('get pods --sort-by={.metadata'),
      run("get pods -o jsonpath='{.items['"),
      run("get pods -o go-template='{{.items'"),
      run('get po,nope'),
      run('get pods/web svc'),
      run('get pod web deploy/web'),
      run('get "a b"'),
      run('get pod "a b"'),
      run('get pod a/b/c'),
      run('delete pods'),
      run('delete pod'),
      run('label pod named'),
      run('label pod named a b'),
      run('label pod named a=b=c'),
      run('label pod named -- a=-b'),
      run('annotate pod named'),
      run('apply'),
      run('apply -f none.yaml'),
      run('apply -f -', { stdin: 'a: b: c\n' }),
      run('apply -f -', { stdin: 'kind: Pod\napiVersion: v1\nmetadata:\n\tname: x\n' }),
      run('apply -f -', { stdin: 'kind: Pod\napiVersion: v1\nmetadata: {name: x\n' }),
      run('apply -f -', { stdin: '{"kind": "Pod",\n"apiVersion" "v1"}\n' }),
      run('apply -f -', { stdin: 'kind: Pod\nmetadata: {name: x}\n' }),
      run('apply -f -', { stdin: 'apiVersion: v1\nkind: Pot\nmetadata: {name: x}\n' }),
      run('apply -f -', { stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {container: []}\n' }),
      run('apply -f -', {
        stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: X_y}\nspec: {containers: [{name: a, image: b}]}\n',
      }),
      run('create deployment'),
      run('create nothing'),
      run('logs'),
      run('logs named -c none'),
      run('logs named --since=long'),
      run('logs named --tail=x'),
      run('exec named'),
      run('exec named ls'),
      run('wait pod/named'),
      run('wait --for=nonsense pod/named'),
      run('patch pod named -p nonsense'),
      run('patch pod named'),
      run('cordon'),
      run('drain none'),
      run('taint nodes node-1 a'),
      run('taint nodes node-1 a=b:Nope'),
      run('rollout status'),
      run('rollout status pod/named'),
      run('explain pod.nope'),
      run('auth can-i'),
      run('get pods --context=none'),
      run('get pods --kubeconfig=none'),
      run('get pods -n "Bad Name"'),
    ],
  },
};
