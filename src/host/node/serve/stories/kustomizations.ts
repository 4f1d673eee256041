// long: files as they stand in folders
/** Kustomizations: bases and overlays, what is generated, patches, and what is wrong with them. */
import { run, type StorySet } from '../story';

const FILES: Readonly<Record<string, string>> = {
  'kz/base/a.txt': `one
two
`,
  'kz/base/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {app: d}}
spec:
  replicas: 1
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec:
      serviceAccountName: sa
      containers:
      - name: c
        image: nginx:1.25
        env:
        - {name: P, valueFrom: {secretKeyRef: {name: sec, key: p}}}
        - {name: KEEP, value: "1"}
        ports: [{containerPort: 80}]
      - {name: side, image: "reg.io/x/side@sha256:aa"}
      volumes:
      - {name: v, configMap: {name: files}}
      - {name: w, persistentVolumeClaim: {claimName: pvc}}
---
apiVersion: v1
kind: Service
metadata: {name: svc}
spec: {selector: {app: d}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: pvc}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: sa}, {kind: ServiceAccount, name: default, namespace: old}, {kind: User, name: sa}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cr}
rules: []
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ing}
spec:
  tls: [{secretName: sec}]
  rules: [{host: h, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc, port: {number: 80}}}}]}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cj}
spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, envFrom: [{configMapRef: {name: envs}}]}]}}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pdb}
spec: {minAvailable: 1, selector: {matchLabels: {app: d}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec: {podSelector: {matchLabels: {app: d}}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: sts}
spec:
  serviceName: svc
  selector: {matchLabels: {app: s}}
  template: {metadata: {labels: {app: s}}, spec: {containers: [{name: c, image: nginx}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]
---
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: ct}
spec: {image: nginx}
`,
  'kz/base/e.env': `# c
A=1
B=two words
`,
  'kz/base/kustomization.yaml': `resources: [all.yaml]
secretGenerator:
- name: sec
  literals: [p=1, "q=x=y"]
  type: my/type
configMapGenerator:
- name: files
  files: [a.txt, k=a.txt]
- name: envs
  envs: [e.env]
  options: {disableNameSuffixHash: true, labels: {lx: ly}, annotations: {an: am}}
- name: imm
  literals: [a=1]
  options: {immutable: true}
generatorOptions: {labels: {gen: "true"}}
`,
  'kz/count/kustomization.yaml': `resources: [../base]
replicas: [{name: none, count: 1}]
`,
  'kz/labels/kustomization.yaml': `resources: [../base]
labels:
- pairs: {l: "1"}
- pairs: {s: "2"}
  includeSelectors: true
- pairs: {t: "3"}
  includeTemplates: true
`,
  'kz/literal/kustomization.yaml': `configMapGenerator: [{name: a, literals: [x]}]
`,
  'kz/merge/kustomization.yaml': `resources: [web.yaml]
nameSuffix: -v2
patchesStrategicMerge:
- |-
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    template:
      spec:
        containers:
        - name: nginx
          resources: {limits: {cpu: 100m}}
        - $patch: delete
          name: cache
        nodeSelector: {disk: ssd}
patchesJson6902:
- target: {group: apps, version: v1, kind: Deployment, name: web}
  patch: '[{"op": "replace", "path": "/spec/replicas", "value": 7}]'
images:
- {name: nginx, newName: my.reg:5000/nginx}
sortOptions: {order: fifo}
`,
  'kz/merge/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - {name: cache, image: redis}
      - {name: nginx, image: "nginx:1.27@sha256:abc", args: [a, b]}
---
apiVersion: v1
kind: Namespace
metadata: {name: web}
`,
  'kz/missing/kustomization.yaml': `resources: [nope.yaml]
`,
  'kz/nobody/kustomization.yaml': `resources: [../base]
patches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: none}}"}]
`,
  'kz/none/file': `nothing
`,
  'kz/nopatch/kustomization.yaml': `resources: [../base]
patches: [{path: nope.yaml}]
`,
  'kz/outside/kustomization.yaml': `resources: [../over/extra.yaml]
`,
  'kz/over/extra.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: prod}
`,
  'kz/over/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: prod
namePrefix: a-
nameSuffix: -z
commonLabels: {team: x}
commonAnnotations: {owner: me}
resources: [../base, extra.yaml]
images:
- {name: nginx, newTag: "1.27"}
- {name: reg.io/x/side, newName: other/side, digest: "sha256:bb"}
replicas:
- {name: d, count: 4}
patches:
- path: patch.yaml
- target: {kind: Deployment, name: d}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/0/args
      value: [x]
    - op: remove
      path: /spec/template/spec/containers/1
- target: {labelSelector: app=d}
  patch: |-
    apiVersion: v1
    kind: any
    metadata: {name: any, annotations: {sel: "yes"}}
configMapGenerator:
- name: files
  behavior: merge
  literals: [more=1]
`,
  'kz/over/patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      containers:
      - name: c
        env: [{name: KEEP, $patch: delete}, {name: NEW, value: n}]
      - {name: third, image: nginx}
---
apiVersion: v1
kind: Service
metadata: {name: svc}
$patch: delete
`,
  'kz/twice/kustomization.yaml': `resources: [../base, ../base]
`,
  'kz/two/kustomization.yaml': `resources: [left, right]
configMapGenerator:
- name: own
  literals: ["quoted='a b'", "html=<&>"]
`,
  'kz/two/left/kustomization.yaml': `namePrefix: left-
resources: [../pod]
`,
  'kz/two/pod/kustomization.yaml': `resources: [pod.yaml]
configMapGenerator:
- name: shared
  literals: [a=b]
`,
  'kz/two/pod/pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  containers: [{name: c, image: busybox, envFrom: [{configMapRef: {name: shared}}]}]
`,
  'kz/two/right/kustomization.yaml': `namePrefix: right-
resources: [../pod]
`,
  'kz/unknown/kustomization.yaml': `resource: [nope.yaml]
`,
};

export const KUSTOMIZATIONS: StorySet = {
  nodes: 1,
  zones: 1,
  files: FILES,
  stories: {
    kustomizations: [
      run('kustomize kz/base'),
      run('kustomize kz/over'),
      run('kustomize kz/labels'),
      run('kustomize kz/merge'),
      run('kustomize kz/two'),
      run('kustomize kz/missing'),
      run('kustomize kz/unknown'),
      run('kustomize kz/outside'),
      run('kustomize kz/literal'),
      run('kustomize kz/twice'),
      run('kustomize kz/nopatch'),
      run('kustomize kz/nobody'),
      run('kustomize kz/count'),
      run('kustomize kz/none'),
      run('kustomize kz/nowhere'),
      run('kustomize kz/base kz/over'),
      run('apply -k kz/two --dry-run=server'),
      run('get -k kz/nowhere'),
      run('create configmap made --from-literal=a=b --append-hash --dry-run=client -o name'),
      run('create secret generic made --from-literal=a=b --append-hash --dry-run=client -o name'),
    ],
  },
};
