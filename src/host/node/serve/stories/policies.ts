/** Policies in CEL as kubectl's users meet them. */
import { type Line, run, type StorySet } from '../story';

/** @source https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy (Getting Started) */
const POLICY = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: "demo-policy.example.com"
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - apiGroups:   ["apps"]
      apiVersions: ["v1"]
      operations:  ["CREATE", "UPDATE"]
      resources:   ["deployments", "deployments/scale"]
  validations:
    - expression: "object.spec.replicas <= 5"
`;
const BINDING = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: "demo-binding-test.example.com"
spec:
  policyName: "demo-policy.example.com"
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchLabels:
        environment: test
`;
const NGINX = `apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 6
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: nginx, image: nginx}]}
`;

/** @source https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions (Validation rules) */
const definition = (rule: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, kind: CronTab}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-validations:
            - rule: "${rule}"
              message: "replicas should be greater than or equal to minReplicas."
            - rule: "self.replicas <= self.maxReplicas"
            properties:
              minReplicas: {type: integer}
              replicas: {type: integer}
              maxReplicas: {type: integer}
            required: [minReplicas, replicas, maxReplicas]
`;
const CRONTAB = `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: my-new-cron-object}
spec: {minReplicas: 0, replicas: 20, maxReplicas: 10}
`;

const RULES: readonly Line[] = [
  run('apply -f -', { stdin: definition('self.minimum <= self.replicas') }),
  run('apply -f -', { stdin: definition('self.minReplicas <= self.replicas') }),
  '+10s',
  run('apply -f -', { stdin: CRONTAB }),
  run('apply -f -', { stdin: CRONTAB.replace('minReplicas: 0', 'minReplicas: 30') }),
  run('apply -f -', { stdin: CRONTAB.replace('replicas: 20', 'replicas: 5') }),
  run(`patch crontab my-new-cron-object --type=merge -p '{"spec":{"replicas":11}}'`),
  run('delete crd crontabs.stable.example.com', { speed: 100 }),
];

const LIMIT: readonly Line[] = [
  run('apply -f -', { stdin: POLICY.replace('object.spec.replicas <= 5', 'object.spec.replicas <= maxReplicas') }),
  run('apply -f -', { stdin: POLICY }),
  run('apply -f -', { stdin: BINDING }),
  run('get validatingadmissionpolicies,validatingadmissionpolicybindings'),
  '+1s',
  run('get validatingadmissionpolicy demo-policy.example.com -o jsonpath={.status}'),
  run(
    `patch validatingadmissionpolicy demo-policy.example.com --type=merge -p '{"spec":{"validations":[{"expression":"object.replicas <= 5"}]}}'`,
  ),
  '+1s',
  run(
    `get validatingadmissionpolicy demo-policy.example.com -o 'jsonpath={.status.typeChecking.expressionWarnings[0].warning}'`,
  ),
  run('apply -f -', { stdin: POLICY }),
  run('create deployment nginx --image=nginx --replicas=6'),
  run('delete deployment nginx'),
  run('label namespace default environment=test'),
  run('create deployment nginx --image=nginx --replicas=6'),
  run('apply -f -', { stdin: NGINX }),
  run('apply --server-side -f -', { stdin: NGINX }),
  run('create deployment nginx --image=nginx --replicas=5'),
  run('scale deployment nginx --replicas=6'),
  run(`patch deployment nginx -p '{"spec":{"replicas":7}}'`),
  run('scale deployment nginx --replicas=4'),
  run(
    `patch validatingadmissionpolicybinding demo-binding-test.example.com --type=merge -p '{"spec":{"validationActions":["Warn"]}}'`,
  ),
  run('scale deployment nginx --replicas=6'),
  run('delete validatingadmissionpolicybinding demo-binding-test.example.com'),
  run('delete validatingadmissionpolicy demo-policy.example.com'),
  run('delete deployment nginx'),
];

export const POLICIES: StorySet = { nodes: 1, zones: 1, files: {}, stories: { rules: RULES, policies: LIMIT } };
