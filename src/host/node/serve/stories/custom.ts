/** Custom resources: the CronTab of Kubernetes' documentation. */
import { type Line, run, type StorySet } from '../story';

// kubernetes/website content/en/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions.md
const CRONTABS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.stable.example.com
spec:
  group: stable.example.com
  scope: Namespaced
  names:
    plural: crontabs
    singular: crontab
    kind: CronTab
    shortNames: [ct]
    categories: [all]
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        description: CronTab runs a command again and again.
        type: object
        properties:
          spec:
            description: What is wanted.
            type: object
            required: [cronSpec]
            properties:
              cronSpec:
                description: When it runs.
                type: string
                pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'
              image:
                type: string
              replicas:
                type: integer
                minimum: 1
                maximum: 10
                default: 1
              suspend:
                type: string
                enum: ["Yes", "No"]
          status:
            type: object
            properties:
              replicas: {type: integer}
              labelSelector: {type: string}
    additionalPrinterColumns:
    - {name: Spec, type: string, description: The cron spec defining the interval a CronJob is run, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, description: The number of jobs launched by the CronJob, jsonPath: .spec.replicas}
    - {name: Image, type: string, priority: 1, jsonPath: .spec.image}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    subresources:
      status: {}
      scale:
        specReplicasPath: .spec.replicas
        statusReplicasPath: .status.replicas
        labelSelectorPath: .status.labelSelector
`;

const crontab = (spec: string, name = 'my-new-cron-object', metadata = ''): string =>
  `apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: ${name}${metadata === '' ? '' : `, ${metadata}`}}\nspec: {${spec}}\n`;
const GOOD = 'cronSpec: "* * * * */5", image: my-awesome-cron-image';

const STORY: readonly Line[] = [
  '+12m',
  run('get crontabs'),
  run('apply -f -', { stdin: crontab(GOOD) }),
  run('create -f crd.yaml'),
  run('wait --for=condition=Established crd/crontabs.stable.example.com', { speed: 1 }),
  run('get crd'),
  run("get crd crontabs.stable.example.com -o jsonpath='{.status}'"),
  run('describe crd crontabs.stable.example.com'),
  run('api-resources --api-group=stable.example.com -o wide'),
  run('explain crontab'),
  run('explain crontab.spec'),
  run('explain ct.spec.suspend'),
  run('explain crontab.spec --recursive'),
  run('explain crontab.nothing'),
  run('get ct'),
  run('apply -f -', { stdin: crontab(GOOD) }),
  run('apply -f -', { stdin: crontab(GOOD) }),
  run('get ct'),
  run('get crontab -o wide'),
  run('get all'),
  run('get ct my-new-cron-object -o yaml'),
  run('describe ct my-new-cron-object'),
  run('apply -f -', { stdin: crontab('cronSpec: "* * * *", replicas: 15, suspend: Maybe', 'bad') }),
  run('apply -f -', { stdin: crontab('image: 5, replicas: "many"', 'bad') }),
  run('apply -f -', { stdin: crontab(`${GOOD}, someRandomField: 42`, 'bad') }),
  run('apply --validate=warn -f -', { stdin: crontab(`${GOOD}, someRandomField: 42`, 'pruned') }),
  run("get ct pruned -o jsonpath='{.spec}'"),
  run('diff -f -', { stdin: crontab(`${GOOD}, replicas: 3`) }),
  run('scale --replicas=3 ct/my-new-cron-object'),
  run('scale --replicas=30 ct/my-new-cron-object'),
  run('get ct'),
  run('get --raw /apis/stable.example.com/v1/namespaces/default/crontabs/my-new-cron-object/scale'),
  run(`patch ct my-new-cron-object --type=merge -p '{"spec": {"image": "other"}}'`),
  run(`patch ct my-new-cron-object -p '{"spec": {"image": "other"}}'`),
  run(`patch ct my-new-cron-object --subresource=status --type=merge -p '{"status": {"replicas": 2}}'`),
  run("get ct my-new-cron-object -o jsonpath='{.spec} {.status} {.metadata.generation}'"),
  run('apply --server-side -f -', { stdin: crontab('cronSpec: "0 0 * * *"', 'own') }),
  run('label ct own team=a'),
  run('get ct -l team=a -o name'),
  run('get ct --sort-by=.spec.cronSpec'),
  run('delete ct pruned'),
  run('create quota few --hard=count/crontabs.stable.example.com=2'),
  '+5s',
  run('describe quota few'),
  run('apply -f -', { stdin: crontab(GOOD, 'third') }),
  run('delete quota few'),
  run('create namespace shop'),
  run('apply -n shop -f -', { stdin: crontab(GOOD, 'held', 'finalizers: [example.com/hold]') }),
  run('delete namespace shop --wait=false'),
  '+20s',
  run('describe namespace shop'),
  run(`patch ct held -n shop --type=merge -p '{"metadata": {"finalizers": null}}'`),
  '+20s',
  run('get namespace shop'),
  run('delete crd crontabs.stable.example.com', { speed: 10 }),
  run('get crontabs'),
  run('get crd'),
];

export const CUSTOM: StorySet = { nodes: 1, zones: 1, files: { 'crd.yaml': CRONTABS }, stories: { custom: STORY } };
