// long: one table of commands
/** Generators, what changes objects, and what describes each kind. */
import { type Line, run, type StorySet } from '../story';

const MANY = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example], secretName: cert}]
  rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: none, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: strict}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}], ports: [{port: 80}]}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: slow}
provisioner: example.com/slow
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 0
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "redis:7"}]}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec: {replicas: 0, selector: {app: old}, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: sizes}
spec: {limits: [{type: Container, default: {cpu: 100m}, max: {cpu: "1"}}]}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: urgent}
value: 100
description: what cannot wait
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: sandboxed}
handler: runsc
`;

const KUSTOMIZATION = `namePrefix: kz-
labels: [{pairs: {team: a}, includeSelectors: true}]
configMapGenerator: [{name: conf, literals: [a=b]}]
resources: [deployment.yaml]
`;
const KUSTOMIZED = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec: {replicas: 0, selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}
`;
const sleeper = (seconds: number): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: once}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "busybox:1.36", command: [sleep, "${seconds}"]}]}}\n`;

const BY_HAND = `apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {ports: [{port: 5432}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: outside, labels: {team: db}}
subsets:
- addresses: [{ip: 192.0.2.10}]
  notReadyAddresses: [{ip: 192.0.2.11}]
  ports: [{port: 5432}]
`;

const SIZES = `apiVersion: v1
kind: LimitRange
metadata: {name: sizes}
spec:
  limits:
  - {type: Container, default: {cpu: 100m, memory: 64Mi}, defaultRequest: {cpu: 50m}, max: {cpu: "2"}, maxLimitRequestRatio: {cpu: 4}}
  - {type: PersistentVolumeClaim, min: {storage: 1Gi}}
`;

const server = (what: string): Line => run(`create ${what} --dry-run=server -o yaml`);

const RIGHTS = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: readers, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: readers}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`;

/** A certificate signing request of the user jane in the group dev, made with `openssl req`. */
export const REQUEST = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: jane}
spec:
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
  request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWU1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZRFZRUUREQVJxWVc1bE1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVvS29lb0dTTnNZaEpwVWVxKzc4ZjBjajd6QXJHY0hKd2NiSGMyY3RZCjBsLzFuK215cFBkTlFyNHBUTmh5Ymh2ektxNW5EMmtqVUNCZC9EWUJmNzh3ZWFBQU1Bb0dDQ3FHU000OUJBTUMKQTBrQU1FWUNJUUNQTHc5Vmk0SGI2aFhaK0hXb1NUZllnM0l0c01uODJIdnlCOGl2K0Jud2lnSWhBS0d6b29EbwpCWW5VZkszZTloZ0N4QWExaXhFa0hUTUwxbE1UNE1mcEFKY0wKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==
`;

export const KINDS: StorySet = {
  nodes: 2,
  zones: 1,
  files: {
    'kustomized/kustomization.yaml': KUSTOMIZATION,
    'kustomized/deployment.yaml': KUSTOMIZED,
    'kinds.yaml': MANY,
    'rights.yaml': RIGHTS,
    'request.yaml': REQUEST,
  },
  stories: {
    generators: [
      '+12m',
      server('deployment web --image=nginx:1.27 --replicas=2 --port=80'),
      server('job once --image=busybox:1.36'),
      server('cronjob tick --image=busybox:1.36 --schedule="*/5 * * * *"'),
      server('ingress front --class=nginx --rule="a.example/shop*=web:80,tls=cert" --default-backend=web:http'),
      server('service clusterip web --tcp=80:8080 --clusterip=10.96.7.7'),
      server('service clusterip headless --clusterip=None'),
      server('service nodeport web --tcp=80 --node-port=30999'),
      server('service loadbalancer web --tcp=443:8443'),
      server('service externalname db --external-name=db.example'),
      server('quota small --hard=pods=3 --scopes=BestEffort'),
      server('poddisruptionbudget web --selector=app=web --max-unavailable=50%'),
      server('priorityclass urgent --value=100 --description="cannot wait" --preemption-policy=Never'),
      server('role reader --verb=get,list --resource=pods,deployments.apps --resource-name=a'),
      server('clusterrole prober --verb=get --non-resource-url=/healthz'),
      server('clusterrole sum --aggregation-rule=team=a'),
      server('rolebinding read --clusterrole=view --user=jane --group=dev --serviceaccount=default:default'),
      server('clusterrolebinding admin --clusterrole=admin --group=ops'),
      server('secret docker-registry pull --docker-server=r.example --docker-username=u --docker-password=p'),
      server('configmap files --from-file=kinds=kustomized/deployment.yaml'),
      server('serviceaccount robot'),
      server('namespace shop'),
      run('run web --image=nginx:1.27 --env=A=b --dry-run=server -o yaml'),
      run('create deployment web --image=nginx:1.27 --dry-run=client -o yaml'),
      run('create job from --from=cronjob/none'),
      run('create secret tls cert --cert=none --key=none'),
      run('create role nobody --verb=fly --resource=pods --dry-run=client'),
    ],
    upkeep: [
      run('create deployment roll --image=nginx:1.26 --replicas=2'),
      '+1m',
      run('annotate deployment roll kubernetes.io/change-cause=second'),
      run('set image deployment/roll nginx=nginx:1.27'),
      '+1m',
      run('rollout history deployment/roll'),
      run('rollout undo deployment/roll --to-revision=9'),
      run('rollout undo deployment/roll --to-revision=1 --dry-run=server'),
      run('rollout pause deployment/roll'),
      run('rollout pause deployment/roll'),
      run('rollout undo deployment/roll'),
      run('rollout restart deployment/roll'),
      run('rollout resume deployment/roll'),
      run('rollout resume deployment/roll'),
      run('set env deployment/roll A=b'),
      run('set env deployment/roll --list'),
      run('set serviceaccount deployment/roll default'),
      run('set image deployment/roll nope=nginx'),
      run('scale deployment/roll --replicas=1 --current-replicas=5'),
      run(
        'expose deployment roll --port=80 --type=NodePort --overrides=\'{"spec":{"ports":[{"port":80,"nodePort":30998}]}}\'',
      ),
      run('set selector service/roll app=other'),
      run('autoscale deployment roll --min=2 --max=5 --cpu-percent=50'),
      run('get hpa roll -o yaml'),
      run('describe hpa roll'),
      run('wait --for=jsonpath={.status.readyReplicas}=2 deployment/roll'),
      run('wait --for=delete pod/none'),
      run('wait --for=condition=Available deployment/none'),
      run('drain node-1', { speed: 50, lastLine: true }),
      run('drain node-1 --ignore-daemonsets'),
      run('uncordon node-1'),
      run('create poddisruptionbudget roll --selector=app=roll --min-available=1'),
      run('taint node node-1 dedicated'),
      run('taint node node-1 dedicated=db:Sometimes'),
      run('taint node node-1 dedicated-'),
      run('replace --force -f -', { stdin: sleeper(100), speed: 20 }),
      run('replace --force -f -', { stdin: sleeper(200), speed: 20 }),
      run("get pod once -o jsonpath='{.spec.containers[0].command}'"),
      run('delete pod once --now', { speed: 50 }),
      run('delete deployment roll --cascade=orphan', { speed: 50 }),
      run('get replicasets -l app=roll -o custom-columns=DESIRED:.spec.replicas,OWNERS:.metadata.ownerReferences'),
      run('delete replicasets -l app=roll --cascade=foreground', { speed: 50, lastLine: true }),
      '+2m',
      run('get replicasets,pods -l app=roll'),
      run('delete service,hpa,pdb roll'),
      run('auth reconcile -f rights.yaml'),
      run('auth reconcile -f rights.yaml'),
      run('set subject rolebinding/readers --user=joe'),
      run('describe rolebinding readers'),
      run('delete -f rights.yaml'),
      run('kustomize kustomized'),
      run('apply -k kustomized'),
      run('apply -k kustomized'),
      run('delete -k kustomized'),
      run('apply -f request.yaml'),
      '+11m', // ages in minutes, which the computer's haste does not change
      run('get csr jane'),
      run('certificate approve jane'),
      '+5s',
      run('get csr jane'),
      run('certificate deny jane'),
      run('certificate approve none'),
      run('delete csr jane'),
      run('top pods'),
    ],
    kinds: [
      run('apply -f kinds.yaml'),
      '+12m',
      run('get -f kinds.yaml'),
      run('describe ingress front'),
      run('describe networkpolicy strict'),
      run('describe storageclass slow --show-events=false'),
      run('describe statefulset db'),
      run('describe rc old'),
      run('describe limitrange sizes'),
      run('describe priorityclass urgent'),
      run('describe runtimeclass sandboxed'),
      run('describe namespace kube-system'),
      run('describe serviceaccount default'),
      run('describe node node-2'),
      run('describe lease node-2 -n kube-node-lease'),
      run('describe service kubernetes'),
      run('describe endpointslice kubernetes'),
      run('events --for node/node-2 --types=Normal'),
      run('delete -f kinds.yaml'),
    ],
    endpoints: [
      run('create deployment pages --image=nginx:1.27 --replicas=2'),
      run('expose deployment pages --port=80'),
      '+1m',
      run('get endpoints pages'),
      run('get endpoints pages -o yaml'),
      run('describe endpoints pages'),
      run('apply -f -', { stdin: BY_HAND }),
      '+1s',
      run('get endpointslices -l kubernetes.io/service-name=outside -o yaml'),
      run('describe service outside'),
      run('delete deployment pages', { speed: 50 }),
      '+1m',
      run('get endpoints pages -o custom-columns=NAME:.metadata.name,SUBSETS:.subsets'),
      run('delete service pages outside'),
      '+5s',
      run('get endpoints,endpointslices -o name'),
    ],
    limits: [
      run('create namespace team'),
      run(
        'create quota small --hard=pods=3,requests.cpu=1,limits.memory=1Gi,count/configmaps=5,count/deployments.apps=1 -n team',
      ),
      run('create quota cheap --hard=pods=1 --scopes=BestEffort,NotTerminating -n team'),
      run('apply -n team -f -', { stdin: SIZES }),
      '+1s',
      run('describe quota -n team'),
      run('run web --image=nginx:1.27 -n team'),
      '+12m',
      run('get quota -n team'),
      run('describe quota small -n team'),
      run('describe quota cheap -n team'),
      run('get limits -n team'),
      run('describe limits -n team'),
      run('describe namespace team'),
      run("get pod web -n team -o jsonpath='{.spec.containers[0].resources}'"),
      run(
        `run large --image=nginx:1.27 -n team --overrides='{"spec":{"containers":[{"name":"c","image":"nginx","resources":{"limits":{"cpu":"3"}}}]}}'`,
      ),
      run(
        `run many --image=nginx:1.27 -n team --overrides='{"spec":{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"950m"},"limits":{"cpu":"2"}}}]}}'`,
      ),
      run('get serviceaccounts -n kube-system -o name'),
      run('delete namespace team', { speed: 50 }),
      run('get namespace team'),
    ],
    disruption: [
      run('cordon node-2'),
      run('create deployment guarded --image=nginx:1.27 --replicas=2'),
      '+1m',
      run('uncordon node-2'),
      run('create poddisruptionbudget guarded --selector=app=guarded --min-available=3'),
      run('get pdb guarded'),
      run('patch pdb guarded -p \'{"spec":{"minAvailable":"50%"}}\''),
      run('get pdb guarded'),
      // Its second try, five seconds later, is long after the replacement has become ready.
      run('drain node-1', { speed: 4 }),
      '+1m',
      run('get pdb guarded -o yaml'),
      run('create poddisruptionbudget nobody --selector=app=nobody --max-unavailable=1'),
      '+1s',
      run('describe pdb nobody'),
      run('uncordon node-1'),
      run('delete pdb nobody guarded'),
      run('delete deployment guarded', { speed: 50 }),
    ],
  },
};
