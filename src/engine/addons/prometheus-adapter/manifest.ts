/**
 * prometheus-adapter in its own namespace, with the objects that its project's manifests have for `custom.metrics.k8s.io`. Its rules
 * and the address of a Prometheus are left out: it asks the pods itself.
 *
 * @source kubernetes-sigs/prometheus-adapter deploy/manifests
 */
const LABELS = 'app.kubernetes.io/name: prometheus-adapter';

const account = (kind: string, name: string, role: string, namespace = ''): string => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata:
  labels: {${LABELS}}
  name: ${name}${namespace}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind === 'Role' ? 'Role' : 'ClusterRole'}
  name: ${role}
subjects:
- kind: ServiceAccount
  name: prometheus-adapter
  namespace: monitoring
`;

const apiService = (version: string, priority: number): string => `---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  labels: {${LABELS}}
  name: ${version}.custom.metrics.k8s.io
spec:
  group: custom.metrics.k8s.io
  groupPriorityMinimum: 100
  insecureSkipTLSVerify: true
  service:
    name: prometheus-adapter
    namespace: monitoring
  version: ${version}
  versionPriority: ${priority}
`;

export const PROMETHEUS_ADAPTER = `apiVersion: v1
kind: Namespace
metadata:
  name: monitoring
---
apiVersion: v1
kind: ServiceAccount
metadata:
  labels: {${LABELS}}
  name: prometheus-adapter
  namespace: monitoring
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  labels: {${LABELS}}
  name: prometheus-adapter
rules:
- apiGroups: [""]
  resources: [nodes, namespaces, pods, services]
  verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  labels:
    ${LABELS}
    rbac.authorization.k8s.io/aggregate-to-admin: "true"
    rbac.authorization.k8s.io/aggregate-to-edit: "true"
    rbac.authorization.k8s.io/aggregate-to-view: "true"
  name: custom-metrics-server-resources
rules:
- apiGroups: [custom.metrics.k8s.io]
  resources: ["*"]
  verbs: [get, list, watch]
${account('Role', 'resource-metrics-auth-reader', 'extension-apiserver-authentication-reader', '\n  namespace: kube-system')}${account('ClusterRole', 'prometheus-adapter', 'prometheus-adapter')}${account('ClusterRole', 'resource-metrics:system:auth-delegator', 'system:auth-delegator')}---
apiVersion: v1
kind: Service
metadata:
  labels: {${LABELS}}
  name: prometheus-adapter
  namespace: monitoring
spec:
  ports:
  - name: https
    port: 443
    targetPort: 6443
  selector: {${LABELS}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels: {${LABELS}}
  name: prometheus-adapter
  namespace: monitoring
spec:
  replicas: 1
  selector:
    matchLabels: {${LABELS}}
  strategy:
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 1
  template:
    metadata:
      labels: {${LABELS}}
    spec:
      automountServiceAccountToken: true
      containers:
      - args:
        - --cert-dir=/var/run/serving-cert
        - --secure-port=6443
        image: registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0
        livenessProbe:
          failureThreshold: 5
          httpGet:
            path: /livez
            port: https
            scheme: HTTPS
          initialDelaySeconds: 30
          periodSeconds: 5
        name: prometheus-adapter
        ports:
        - containerPort: 6443
          name: https
        readinessProbe:
          failureThreshold: 5
          httpGet:
            path: /readyz
            port: https
            scheme: HTTPS
          initialDelaySeconds: 30
          periodSeconds: 5
        resources:
          requests:
            cpu: 102m
            memory: 180Mi
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop: [ALL]
          readOnlyRootFilesystem: true
          runAsNonRoot: true
          seccompProfile:
            type: RuntimeDefault
        volumeMounts:
        - mountPath: /var/run/serving-cert
          name: volume-serving-cert
      nodeSelector:
        kubernetes.io/os: linux
      securityContext: {}
      serviceAccountName: prometheus-adapter
      volumes:
      - emptyDir: {}
        name: volume-serving-cert
${apiService('v1beta1', 100)}${apiService('v1beta2', 200)}`;
