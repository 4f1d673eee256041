// long: one object of each kind
/** The manifests of a cluster that has seen some life: at least one object of each kind, with all that a description tells. */

export const APP = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: shop}}
data: {mode: fast, app.conf: "level=info\\nretries=3\\n"}
binaryData: {logo: iVBORw0KGgo=}
---
apiVersion: v1
kind: Secret
metadata: {name: login, annotations: {note: "kept by hand"}}
stringData: {user: admin, password: hunter2}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
imagePullSecrets: [{name: pull}, {name: pull-too}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: important}
value: 1000
description: cannot wait
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {app: shop}, annotations: {long: "a line that is long enough to be cut, since descriptions show no more than a hundred and forty letters of one annotation and this one has more than that, has it not"}}
spec:
  replicas: 1
  minReadySeconds: 1
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: shop}, matchExpressions: [{key: tier, operator: In, values: [front, back]}]}
  template:
    metadata: {labels: {app: shop, tier: front}, annotations: {team: a}}
    spec:
      serviceAccountName: robot
      priorityClassName: important
      nodeSelector: {kubernetes.io/os: linux}
      tolerations: [{key: gpu, operator: Exists}, {key: disk, value: slow, effect: NoExecute, tolerationSeconds: 60}]
      securityContext: {seccompProfile: {type: RuntimeDefault}}
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: shop}}}]
      initContainers:
      - {name: prepare, image: "busybox:1.36", command: [sh, -c, "echo ready"]}
      containers:
      - name: web
        image: nginx:1.27
        ports: [{name: http, containerPort: 80}, {containerPort: 9090, protocol: UDP}]
        args: ["-g", "daemon off;"]
        resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {cpu: 100m, memory: 64Mi}}
        livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 20}
        readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 1}
        startupProbe: {exec: {command: ["true"]}, failureThreshold: 5}
        envFrom: [{configMapRef: {name: settings, optional: true}}, {prefix: S_, secretRef: {name: login}}]
        env:
        - {name: PLAIN, value: one}
        - {name: FROM_MAP, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
        - {name: FROM_SECRET, valueFrom: {secretKeyRef: {name: login, key: user, optional: true}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: OWN, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: SPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
        - {name: LINES, value: "one\\ntwo"}
        - {name: BYTES, valueFrom: {resourceFieldRef: {resource: requests.memory, divisor: 1Mi}}}
        - {name: DISK, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}
        - {name: NONE, valueFrom: {resourceFieldRef: {resource: limits.memory, containerName: side}}}
        - {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        volumeMounts: [{name: cache, mountPath: /cache}, {name: conf, mountPath: /etc/conf, readOnly: true, subPath: x}]
      - {name: side, image: "busybox:1.36", command: [sleep, infinity], lifecycle: {preStop: {exec: {command: ["true"]}}}}
      volumes:
      - {name: cache, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
      - {name: conf, configMap: {name: settings, optional: true}}
      - {name: keys, secret: {secretName: login}}
      - {name: host, hostPath: {path: /tmp, type: Directory}}
      - {name: all, projected: {sources: [{configMap: {name: settings}}, {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]}}
      - {name: about, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {type: NodePort, selector: {app: shop}, sessionAffinity: ClientIP, ports: [{name: http, port: 80, targetPort: http, nodePort: 30180}, {name: odd, port: 81, targetPort: 9090, protocol: UDP, nodePort: 30181}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: internal, annotations: {a: b}}
spec: {controller: example.com/ingress, parameters: {apiGroup: example.com, kind: Parameters, name: default}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {rewrite: "yes"}}
spec:
  ingressClassName: internal
  defaultBackend: {service: {name: shop, port: {number: 80}}}
  tls: [{hosts: [a.example, b.example], secretName: cert}, {hosts: [c.example]}]
  rules:
  - host: a.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}, {path: /none, pathType: Exact, backend: {service: {name: none, port: {number: 80}}}}]}
  - http: {paths: [{path: /bucket, pathType: Exact, backend: {resource: {apiGroup: example.com, kind: Bucket, name: files}}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: strict}
spec:
  podSelector: {matchLabels: {app: shop}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {role: api}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}, {port: 8000, endPort: 8100}]}]
  egress: [{}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: shop}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: shop}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  minReplicas: 1
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}, {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 30}]}}
`;

export const WORK = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: slow}
provisioner: example.com/slow
parameters: {kind: spinning}
allowVolumeExpansion: true
mountOptions: [noatime]
volumeBindingMode: WaitForFirstConsumer
allowedTopologies: [{matchLabelExpressions: [{key: topology.kubernetes.io/zone, values: [zone-a]}]}]
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: gold}
driverName: example.com/slow
parameters: {iops: "100"}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk, labels: {kind: disk}}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: by-hand, hostPath: {path: /srv/disk}, persistentVolumeReclaimPolicy: Retain}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: share}
spec:
  capacity: {storage: 2Gi}
  accessModes: [ReadWriteMany]
  nfs: {server: files.example, path: /export}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1, node-2]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {accessModes: [ReadWriteOnce], storageClassName: by-hand, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting}
spec: {accessModes: [ReadWriteMany], storageClassName: slow, resources: {requests: {storage: 5Gi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  updateStrategy: {rollingUpdate: {partition: 1}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "redis:7.4", volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates: [{metadata: {name: data, labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {nodeSelector: {kubernetes.io/hostname: node-1}, containers: [{name: agent, image: "busybox:1.36", command: [sleep, infinity]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: count}
spec: {completions: 2, parallelism: 1, completionMode: Indexed, activeDeadlineSeconds: 600, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["true"]}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: broken}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["false"]}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: "0 3 * * *", timeZone: Etc/UTC, concurrencyPolicy: Forbid, startingDeadlineSeconds: 100, suspend: true, jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: "busybox:1.36"}]}}}}}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec: {replicas: 1, selector: {app: old}, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}
---
apiVersion: v1
kind: PodTemplate
metadata: {name: sample}
template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}
`;

export const CLUSTER = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: by-hand, labels: {kubernetes.io/service-name: outside}}
addressType: IPv4
ports: [{name: db, port: 5432, protocol: TCP}]
endpoints: [{addresses: [192.0.2.10], conditions: {ready: true}, hostname: one, zone: zone-a}, {addresses: [192.0.2.11], conditions: {ready: false}}]
---
apiVersion: v1
kind: Endpoints
metadata: {name: outside}
subsets: [{addresses: [{ip: 192.0.2.10}], notReadyAddresses: [{ip: 192.0.2.11}], ports: [{name: db, port: 5432}]}]
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: leader}
spec: {holderIdentity: one, leaseDurationSeconds: 15}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: sandboxed}
handler: runsc
overhead: {podFixed: {cpu: 10m}}
scheduling: {nodeSelector: {sandbox: "yes"}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: ["", apps], resources: [pods, deployments], verbs: [get, list]}, {apiGroups: [""], resources: [pods/log], resourceNames: [a], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: prober}
rules: [{nonResourceURLs: [/healthz, /metrics], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: sum, labels: {a: b}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {sum: "yes"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: prober}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prober}
subjects: [{kind: Group, name: dev}]
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: slow.example.com}
spec: {attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Persistent, Ephemeral]}
---
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: far}
spec: {drivers: [{name: slow.example.com, nodeID: far-1, topologyKeys: [zone], allocatable: {count: 5}}]}
---
apiVersion: storage.k8s.io/v1
kind: CSIStorageCapacity
metadata: {name: here}
storageClassName: slow
capacity: 10Gi
nodeTopology: {matchLabels: {zone: a}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]}
  validations: [{expression: "true", message: fine}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few}
spec: {policyName: few, validationActions: [Deny]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: asks}
webhooks: [{name: asks.example.com, clientConfig: {url: "https://asks.example/"}, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore, rules: [{apiGroups: [example.com], apiVersions: [v1], operations: ["*"], resources: [nothings]}]}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: changes}
webhooks: [{name: changes.example.com, clientConfig: {service: {name: none, namespace: default}}, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore, rules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]}]
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: slow-lane}
spec: {type: Limited, limited: {nominalConcurrencyShares: 5, limitResponse: {type: Reject}}}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: robots}
spec: {priorityLevelConfiguration: {name: slow-lane}, matchingPrecedence: 900, rules: [{subjects: [{kind: Group, group: {name: robots}}], resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"]}]}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shelves.example.com}
spec:
  group: example.com
  names: {plural: shelves, kind: Shelf}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {books: {type: array, items: {type: object, properties: {title: {type: string}, pages: {type: integer}}}}, apiURL: {type: string}, tags: {type: array, items: {type: string}}}}}}}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.nowhere.example.com}
spec: {group: nowhere.example.com, version: v1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: {name: none, namespace: default}}
`;

export const ATTACHMENT = `apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: hung}
spec: {attacher: slow.example.com, nodeName: node-1, source: {persistentVolumeName: disk}}
`;

export const SHELF = `{apiVersion: example.com/v1, kind: Shelf, metadata: {name: tall}, spec: {apiURL: "http://x", tags: [a, b], books: [{title: one, pages: 1}, {title: two, pages: 2}]}}\n`;

export const TEAM = `apiVersion: v1
kind: Namespace
metadata: {name: team, labels: {team: a}, annotations: {owner: jane}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: small, namespace: team}
spec: {hard: {pods: "20", requests.cpu: "4"}, scopes: [NotTerminating]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: urgent, namespace: team}
spec: {hard: {pods: "2"}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [important]}]}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: one, namespace: team}
spec: {limits: [{type: Container, max: {cpu: "2"}, min: {cpu: 10m}, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, maxLimitRequestRatio: {cpu: "4"}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: member, namespace: team}
spec: {containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: team, labels: {app: none}}
spec: {clusterIP: None, selector: {app: none}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: away, namespace: team}
spec: {type: ExternalName, externalName: db.example}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: team, labels: {app: front}}
spec:
  type: LoadBalancer
  selector: {app: wide}
  externalTrafficPolicy: Local
  loadBalancerSourceRanges: [192.0.2.0/24, 198.51.100.0/24]
  externalIPs: [203.0.113.7]
  trafficDistribution: PreferClose
  ports: [{name: web, port: 80, targetPort: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wide, namespace: team}
spec:
  replicas: 5
  paused: true
  strategy: {type: Recreate}
  selector: {matchLabels: {app: wide}}
  template: {metadata: {labels: {app: wide}}, spec: {containers: [{name: web, image: "nginx:1.27", securityContext: {seccompProfile: {type: RuntimeDefault}}}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: often, namespace: team}
spec: {schedule: "30 * * * *", successfulJobsHistoryLimit: 1, jobTemplate: {spec: {parallelism: 1, completions: 2, activeDeadlineSeconds: 3000, template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: "busybox:1.36", command: [sleep, "10000"]}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: waits, namespace: team}
spec: {suspend: true, ttlSecondsAfterFinished: 100, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["true"]}]}}}
---
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: team, annotations: {kubernetes.io/service-account.name: default}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: ConfigMap
metadata: {name: empty, namespace: team}
---
apiVersion: v1
kind: Event
metadata: {name: hello, namespace: team}
involvedObject: {kind: Pod, name: member, namespace: team}
reason: Greeting
message: hello
type: Normal
source: {component: by-hand}
firstTimestamp: 2026-01-01T00:00:00Z
lastTimestamp: 2026-01-01T00:00:00Z
count: 1
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: copy, namespace: team}
spec: {accessModes: [ReadWriteOnce, ReadOnlyMany], volumeMode: Block, storageClassName: standard, resources: {requests: {storage: 1Gi}}, dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: old}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: many, namespace: team}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gone}
  metrics:
  - {type: Pods, pods: {metric: {name: hits}, target: {type: AverageValue, averageValue: "10"}}}
  - {type: Object, object: {metric: {name: rate}, describedObject: {apiVersion: v1, kind: Service, name: front}, target: {type: Value, value: 1k}}}
  - {type: Object, object: {metric: {name: rate}, describedObject: {apiVersion: v1, kind: Service, name: front}, target: {type: AverageValue, averageValue: 100m}}}
  - {type: External, external: {metric: {name: queue}, target: {type: Value, value: "5"}}}
  - {type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: "5"}}}
  - {type: ContainerResource, containerResource: {name: cpu, container: web, target: {type: Utilization, averageUtilization: 70}}}
  behavior: {scaleUp: {selectPolicy: Disabled}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing, namespace: team}
spec: {podSelector: {}, policyTypes: [Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: both, namespace: team}
spec:
  podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a, b]}]}
  ingress: [{ports: [{protocol: UDP}, {port: web}]}, {from: [{podSelector: {}}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: plain, namespace: team}
spec: {defaultBackend: {service: {name: front, port: {name: web}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: half, namespace: team}
spec: {minAvailable: 50%, selector: {matchLabels: {app: wide}}}
---
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: gpus}
spec: {selectors: [{cel: {expression: 'device.driver == "gpu.example.com"'}}]}
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: one-gpu, namespace: team}
spec: {spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: gpus}}]}}}
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: gpu, namespace: team}
spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: gpus}}]}}
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: node-1-gpus}
spec: {driver: gpu.example.com, nodeName: node-1, pool: {name: node-1, generation: 1, resourceSliceCount: 1}, devices: [{name: gpu-0}]}
`;

export const PODS = `apiVersion: v1
kind: Pod
metadata: {name: crash, labels: {zoo: loop}}
spec: {restartPolicy: Always, containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "echo the disk is full > /dev/termination-log; exit 3"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: picky, labels: {zoo: "yes"}}
spec: {nodeSelector: {disk: none}, containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: typo, labels: {zoo: "yes"}}
spec: {containers: [{name: c, image: "nginx:no-such-tag"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stuck, labels: {zoo: "yes"}}
spec:
  initContainers:
  - {name: helper, image: "busybox:1.36", restartPolicy: Always, command: [sleep, infinity]}
  - {name: done, image: "busybox:1.36", command: ["true"]}
  - {name: fails, image: "busybox:1.36", command: ["false"]}
  containers: [{name: c, image: "nginx:1.27"}]
---
apiVersion: v1
kind: Pod
metadata: {name: keyless, labels: {zoo: "yes"}}
spec: {containers: [{name: c, image: "nginx:1.27", envFrom: [{configMapRef: {name: nowhere}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: late, labels: {zoo: "yes"}}
spec: {activeDeadlineSeconds: 30, restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: [sleep, infinity]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: over, labels: {zoo: "yes"}}
spec: {restartPolicy: Never, containers: [{name: good, image: "busybox:1.36", command: [sh, -c, "echo fine"]}, {name: bad, image: "busybox:1.36", command: [sh, -c, "exit 2"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: deaf, labels: {zoo: "yes"}}
spec: {terminationGracePeriodSeconds: 7200, containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "trap '' TERM; while true; do sleep 1000; done"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: probed, labels: {zoo: "yes"}}
spec:
  hostNetwork: true
  runtimeClassName: sandboxed
  priorityClassName: important
  nodeSelector: {sandbox: "yes"}
  readinessGates: [{conditionType: example.com/open}]
  securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/a.json}}
  tolerations: [{operator: Exists}, {key: gpu, effect: NoSchedule, value: "a"}]
  containers:
  - name: a
    image: nginx:1.27
    ports: [{containerPort: 80, hostPort: 80, name: http}]
    securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/b.json}}
    livenessProbe: {httpGet: {path: health, port: 443, scheme: HTTPS, host: a.example, httpHeaders: [{name: A, value: b}]}}
    readinessProbe: {grpc: {port: 9000}}
    startupProbe: {tcpSocket: {port: http, host: a.example}}
    resources: {requests: {cpu: "1", memory: 1Gi, ephemeral-storage: 1Gi}, limits: {cpu: "1", memory: 1Gi, ephemeral-storage: 1Gi}}
  - name: b
    image: nginx:1.27
    livenessProbe: {grpc: {port: 9001, service: ready}}
    readinessProbe: {exec: {command: [sh, -c, "test -f /ready"]}, successThreshold: 2, timeoutSeconds: 3}
---
apiVersion: v1
kind: Pod
metadata: {name: whole, labels: {zoo: "yes"}}
spec: {resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}, containers: [{name: c, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: sure, labels: {zoo: "yes"}}
spec: {containers: [{name: c, image: "nginx:1.27", resources: {limits: {cpu: 10m, memory: 32Mi}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: loaded, labels: {zoo: "yes"}}
spec:
  nodeSelector: {disk: none}
  containers:
  - name: c
    image: nginx:1.27
    volumeMounts: [{name: passing, mountPath: /z}, {name: cert, mountPath: /a, readOnly: true}]
    volumeDevices: [{name: raw, devicePath: /dev/xvda}]
  volumes:
  - {name: passing, ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}, annotations: {c: d}}, spec: {accessModes: [ReadWriteOnce], storageClassName: standard, resources: {requests: {storage: 1Gi}}}}}}
  - {name: raw, persistentVolumeClaim: {claimName: raw, readOnly: true}}
  - {name: cert, csi: {driver: certs.example.com, fsType: ext4, readOnly: true, volumeAttributes: {b: two, a: one}, nodePublishSecretRef: {name: login}}}
  - {name: plain, csi: {driver: plain.example.com}}
  - {name: share, nfs: {server: files.example, path: /export, readOnly: true}}
  - {name: picture, image: {reference: "registry.example/data:1", pullPolicy: IfNotPresent}}
  - {name: scsi, iscsi: {targetPortal: "10.0.0.1:3260", iqn: "iqn.2026-01.example:disk", lun: 1, fsType: ext4, portals: ["10.0.0.2:3260"], initiatorName: me, secretRef: {name: chap}}}
  - {name: fibre, fc: {targetWWNs: ["50060e801049cfd1", "50060e801049cfd2"], lun: 2, fsType: xfs}}
  - {name: code, gitRepo: {repository: "https://git.example/a.git", revision: abc}}
  - {name: gluster, glusterfs: {endpoints: gluster, path: vol, readOnly: true}}
  - {name: rbd, rbd: {monitors: ["10.0.0.3:6789"], image: disk, secretRef: {name: rbd}}}
  - {name: ceph, cephfs: {monitors: ["10.0.0.3:6789"], path: /a, user: me, secretFile: /etc/ceph, secretRef: {name: ceph}}}
  - {name: cinder, cinder: {volumeID: c-1, fsType: ext4}}
  - {name: azure, azureDisk: {diskName: d, diskURI: "https://azure.example/d"}}
  - {name: files, azureFile: {secretName: azure, shareName: s}}
  - {name: sphere, vsphereVolume: {volumePath: "[ds] a.vmdk", fsType: ext4, storagePolicyName: gold}}
  - {name: flex, flexVolume: {driver: example.com/flex, fsType: ext4, options: {b: two, a: one}}}
  - {name: gce, gcePersistentDisk: {pdName: g, fsType: ext4, partition: 1}}
  - {name: aws, awsElasticBlockStore: {volumeID: v-1, fsType: ext4}}
  - {name: port, portworxVolume: {volumeID: p-1}}
  - {name: scale, scaleIO: {gateway: "https://scale.example", system: s, secretRef: {name: scale}, volumeName: v, storagePool: p, protectionDomain: d}}
  - {name: photon, photonPersistentDisk: {pdID: ph-1}}
  - {name: quobyte, quobyte: {registry: "q.example:7861", volume: v, readOnly: true}}
  - {name: flocker, flocker: {datasetName: f}}
  - {name: storageos, storageos: {volumeName: v, volumeNamespace: other}}
  - {name: bare, hostPath: {path: /srv}}
  - {name: mixed, projected: {sources: [{secret: {name: login, optional: true}}, {serviceAccountToken: {path: token, audience: a}}, {clusterTrustBundle: {name: trusted, path: ca.pem}}]}}
  - {name: sizes, downwardAPI: {items: [{path: cpu, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}}
`;

export const VOLUMES = [
  'csi: {driver: d.example.com, volumeHandle: h-1, fsType: ext4, readOnly: true, volumeAttributes: {b: two, a: one}}',
  'local: {path: /mnt/a}',
  'iscsi: {targetPortal: "10.0.0.1:3260", iqn: "iqn.2026-01.example:disk", lun: 1, secretRef: {name: chap, namespace: other}}',
  'fc: {wwids: ["36001405d"]}',
  'glusterfs: {endpoints: gluster, path: vol}',
  'rbd: {monitors: ["10.0.0.3:6789"], image: disk, secretRef: {name: rbd, namespace: other}}',
  'cephfs: {monitors: ["10.0.0.3:6789", "10.0.0.4:6789"], readOnly: true}',
  'cinder: {volumeID: c-1, secretRef: {name: c, namespace: other}}',
  'azureDisk: {diskName: d, diskURI: "https://azure.example/d", kind: Managed, cachingMode: None}',
  'azureFile: {secretName: azure, shareName: s, secretNamespace: other}',
  'vsphereVolume: {volumePath: "[ds] a.vmdk"}',
  'flexVolume: {driver: example.com/flex}',
  'gcePersistentDisk: {pdName: g}',
  'awsElasticBlockStore: {volumeID: v-1}',
  'portworxVolume: {volumeID: p-1}',
  'scaleIO: {gateway: "https://scale.example", system: s, secretRef: {name: scale, namespace: other}}',
  'photonPersistentDisk: {pdID: ph-1}',
  'quobyte: {registry: "q.example:7861", volume: v}',
  'flocker: {datasetUUID: u-1}',
  'storageos: {volumeName: v, secretRef: {name: s, namespace: other}}',
]
  .map(
    (source) => `apiVersion: v1
kind: PersistentVolume
metadata: {name: ${source.split(':')[0]!.toLowerCase()}, labels: {kind: rare}}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany, ReadWriteMany]
  storageClassName: ""
  claimRef: {name: later, namespace: team}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Exists}, {key: size, operator: Gt, values: ["2"]}]}]}}
  ${source}
`,
  )
  .join('---\n');
