/** What kubectl says of ports of the laptop, of the whole cluster, and of shells' completion. */
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
  },
};
