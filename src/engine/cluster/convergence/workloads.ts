/** Random workloads, as manifests that a client would send. What they ask for always fits into the smallest cluster. */
import type { KubeObjectInput } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';

export type Manifest = KubeObjectInput & { readonly metadata: { readonly name: string; readonly namespace?: string } };

export const NAMESPACES = ['default', 'team'];
export const GOOD_IMAGES = ['nginx:1.27', 'nginx:1.28', 'redis:7.2', 'busybox:1.37'];
export const BROKEN_IMAGE = 'nginx:does-not-exist';

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)]!;
/** True in so many of a hundred cases. */
export const chance = (random: Random, percent: number): boolean => random.below(100) < percent;

export interface PodOptions {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds that its pods may take to end. */
  readonly grace?: number;
}

/** nginx and redis serve at once and end at once; busybox's sleep takes no notice of SIGTERM. */
const commandOf = (image: string): object => (image.startsWith('busybox') ? { command: ['sleep', '100000'] } : {});

/** A template of pods that come up by themselves. */
export function template(random: Random, { labels, grace = pick(random, [0, 2, 10, 30]) }: PodOptions): object {
  const image = pick(random, GOOD_IMAGES);
  const isWeb = image.startsWith('nginx');
  const probed = isWeb && chance(random, 50);
  return {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: grace,
      ...(chance(random, 25) ? { priorityClassName: 'important' } : {}),
      ...(chance(random, 20) ? { tolerations: shortTolerations(random) } : {}),
      containers: [
        {
          name: 'main',
          image,
          ...commandOf(image),
          resources: { requests: { cpu: `${10 + random.below(40)}m`, memory: `${8 + random.below(40)}Mi` } },
          ...(probed
            ? {
                readinessProbe: {
                  httpGet: { path: '/', port: 80 },
                  initialDelaySeconds: random.below(6),
                  periodSeconds: 1 + random.below(5),
                },
              }
            : {}),
        },
      ],
    },
  };
}

/** Gone from a dead node sooner than after five minutes. */
const shortTolerations = (random: Random): object[] =>
  ['not-ready', 'unreachable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: pick(random, [0, 20, 60]),
  }));

const selector = (app: string): object => ({ matchLabels: { app } });

function deployment(random: Random, name: string): object {
  const strategies = [
    {},
    { strategy: { type: 'Recreate' } },
    { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
    { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    { strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: '50%' } } },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      replicas: random.below(6),
      selector: selector(name),
      ...pick(random, strategies),
      ...(chance(random, 25) ? { minReadySeconds: random.below(8) } : {}),
      ...(chance(random, 25) ? { revisionHistoryLimit: random.below(3) } : {}),
      ...(chance(random, 25) ? { progressDeadlineSeconds: 30 } : {}),
      template: template(random, { labels: { app: name } }),
    },
  };
}

const replicaSet = (random: Random, name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  spec: { replicas: random.below(5), selector: selector(name), template: template(random, { labels: { app: name } }) },
});

function statefulSet(random: Random, name: string): object {
  const withClaims = chance(random, 50);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    spec: {
      replicas: 1 + random.below(4),
      serviceName: name,
      selector: selector(name),
      podManagementPolicy: pick(random, ['OrderedReady', 'Parallel']),
      ...(chance(random, 20) ? { ordinals: { start: 2 } } : {}),
      ...(chance(random, 20) ? { minReadySeconds: random.below(6) } : {}),
      ...(chance(random, 20) ? { updateStrategy: { type: 'OnDelete' } } : {}),
      // With 0 every deletion would be by force.
      template: template(random, { labels: { app: name }, grace: pick(random, [1, 5, 30]) }),
      ...(withClaims
        ? {
            persistentVolumeClaimRetentionPolicy: {
              whenDeleted: pick(random, ['Retain', 'Delete']),
              whenScaled: pick(random, ['Retain', 'Delete']),
            },
            volumeClaimTemplates: [
              {
                metadata: { name: 'data' },
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            ],
          }
        : {}),
    },
  };
}

const daemonSet = (random: Random, name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  spec: {
    selector: selector(name),
    ...pick(random, [
      {},
      { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } },
    ]),
    ...(chance(random, 25) ? { minReadySeconds: random.below(6) } : {}),
    template: template(random, { labels: { app: name } }),
  },
});

const script = (command: string): readonly string[] => ['sh', '-c', command];

/** Each pod of a Job works some seconds; some fail by their index or at every second start. */
export function jobSpec(random: Random): object {
  const indexed = chance(random, 50);
  const completions = 1 + random.below(5);
  const work = 1 + random.below(40);
  const fails = chance(random, 35);
  const never = chance(random, 60);
  const command = !fails
    ? `sleep ${work}`
    : indexed
      ? `sleep ${work}; test $JOB_COMPLETION_INDEX -ne 0`
      : `sleep ${work}; exit ${1 + random.below(2)}`;
  return {
    completions,
    parallelism: 1 + random.below(3),
    ...(indexed ? { completionMode: 'Indexed' } : {}),
    backoffLimit: random.below(4),
    ...(indexed && never && chance(random, 40) ? { backoffLimitPerIndex: 1 } : {}),
    ...(indexed && never && chance(random, 30) ? { successPolicy: { rules: [{ succeededCount: 1 }] } } : {}),
    ...(never && chance(random, 30)
      ? {
          podFailurePolicy: {
            rules: [
              { action: 'FailJob', onExitCodes: { operator: 'In', values: [2] } },
              { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
            ],
          },
        }
      : {}),
    ...(never && chance(random, 20) ? { podReplacementPolicy: 'Failed' } : {}),
    ...(chance(random, 20) ? { activeDeadlineSeconds: 60 + random.below(200) } : {}),
    ...(chance(random, 20) ? { ttlSecondsAfterFinished: random.below(120) } : {}),
    template: {
      spec: {
        restartPolicy: never ? 'Never' : 'OnFailure',
        terminationGracePeriodSeconds: pick(random, [0, 5, 30]),
        containers: [
          {
            name: 'main',
            image: 'busybox:1.37',
            command: script(command),
            resources: { requests: { cpu: '10m', memory: '8Mi' } },
          },
        ],
      },
    },
  };
}

const job = (random: Random): object => ({ apiVersion: 'batch/v1', kind: 'Job', spec: jobSpec(random) });

const cronJob = (random: Random): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  spec: {
    schedule: pick(random, ['* * * * *', '*/2 * * * *']),
    concurrencyPolicy: pick(random, ['Allow', 'Forbid', 'Replace']),
    successfulJobsHistoryLimit: random.below(3),
    failedJobsHistoryLimit: random.below(2),
    ...(chance(random, 30) ? { startingDeadlineSeconds: 30 } : {}),
    jobTemplate: { spec: jobSpec(random) },
  },
});

const MAKERS: readonly (readonly [prefix: string, make: (random: Random, name: string) => object])[] = [
  ['web', deployment],
  ['web', deployment],
  ['set', replicaSet],
  ['db', statefulSet],
  ['db', statefulSet],
  ['agent', daemonSet],
  ['job', job],
  ['job', job],
  ['cron', cronJob],
];

/** Makes workloads and what goes with them; names are never used twice. */
export class Workloads {
  readonly #random: Random;
  readonly #makers: typeof MAKERS;
  #number = 0;

  /** @param favour - prefix of the only workloads that are made, so that rare things are met soon; null: of all kinds */
  constructor(random: Random, favour: string | null) {
    this.#random = random;
    this.#makers = favour === null ? MAKERS : MAKERS.filter(([prefix]) => prefix === favour);
    if (this.#makers.length === 0) throw new Error(`there are no workloads ${favour}`);
  }

  name(prefix: string): string {
    return `${prefix}-${++this.#number}`;
  }

  /** What the cluster begins with. */
  furniture(): Manifest[] {
    return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }, priorityClass, quota(40)];
  }

  /** A workload, perhaps with a Service and a budget. */
  any(): Manifest[] {
    const random = this.#random;
    const [prefix, make] = pick(random, this.#makers);
    const name = this.name(prefix);
    const namespace = pick(random, NAMESPACES);
    const metadata = { name, namespace };
    const manifests = [{ ...make(random, name), metadata } as Manifest];
    if (prefix === 'job' || prefix === 'cron') return manifests;
    if (prefix === 'db' || chance(random, 50)) manifests.push(serviceFor(metadata, prefix === 'db'));
    if (prefix !== 'agent' && chance(random, 45)) manifests.push(this.#budget(metadata));
    return manifests;
  }

  #budget(metadata: Manifest['metadata']): Manifest {
    const limit = pick(this.#random, [
      { minAvailable: 1 },
      { minAvailable: '50%' },
      { maxUnavailable: 1 },
      { maxUnavailable: '50%' },
    ]);
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { selector: selector(metadata.name), ...limit },
    } as Manifest;
  }
}

const priorityClass = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'important' },
  value: 1000,
} as Manifest;

/** How many pods the namespace `team` may have. */
export const quota = (pods: number): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'limits', namespace: 'team' },
    spec: { hard: { pods: String(pods), 'count/jobs.batch': '60' } },
  }) as Manifest;

const serviceFor = (metadata: Manifest['metadata'], headless: boolean): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ...(headless ? { clusterIP: 'None' } : {}), selector: { app: metadata.name }, ports: [{ port: 80 }] },
  }) as Manifest;
