// long: the forms, the arguments and the errors of one configuration
import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { assumePod } from './cache';
import type { ProfileConfiguration, SchedulerConfiguration } from './configuration';
import { schedulerConfigurationErrors } from './configuration-errors';
import { argsOf, profilesOf } from './configured-profiles';
import { frameworkOf } from './framework';
import { podInfo } from './pod-info';
import { DEFAULT_PLUGINS, DEFAULT_PROFILE, type Profile } from './profile';
import { scheduleOne } from './schedule-one';
import { aCache, aCycle, aNode, aPod, firstChoice } from './testing';

const configured = (more: Partial<SchedulerConfiguration>): SchedulerConfiguration => ({
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  ...more,
});
const profileOf = (profile: NonNullable<SchedulerConfiguration['profiles']>[number]): Profile =>
  profilesOf(configured({ profiles: [profile] }))[0]!;

const BIN_PACKING = {
  schedulerName: 'bin-packing',
  plugins: { score: { disabled: [{ name: 'NodeResourcesBalancedAllocation' }] } },
  pluginConfig: [
    {
      name: 'NodeResourcesFit',
      args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu' }, { name: 'memory', weight: 1 }] } },
    },
  ],
};

// kubernetes pkg/scheduler/apis/config/v1/default_plugins_test.go (TestMergePlugins), defaults_test.go
describe('the profiles of a configuration', () => {
  it('are the default one when it names none', () => {
    expect(profilesOf(configured({}))).toEqual([DEFAULT_PROFILE]);
    expect(profilesOf(configured({ profiles: [{}], percentageOfNodesToScore: 30 }))).toEqual([
      { ...DEFAULT_PROFILE, percentageOfNodesToScore: 30 },
    ]);
  });

  it('leave plug-ins out, weigh others, and keep the order', () => {
    const names = (profile: Profile): string[] => profile.plugins.map(({ name, weight }) => `${name}:${weight}`);
    const defaults = DEFAULT_PLUGINS.map(({ name, weight }) => `${name}:${weight}`);
    const multiPoint = {
      disabled: [{ name: 'ImageLocality' }, { name: 'NodePorts' }],
      enabled: [{ name: 'TaintToleration', weight: 9 }],
    };
    expect(names(profileOf({ plugins: { multiPoint } }))).toEqual(
      defaults
        .filter((text) => !/^(ImageLocality|NodePorts):/.test(text))
        .map((text) => (text === 'TaintToleration:3' ? 'TaintToleration:9' : text)),
    );
    const only = { disabled: [{ name: '*' }], enabled: [{ name: 'DefaultBinder' }, { name: 'NodeName' }] };
    expect(names(profileOf({ plugins: { multiPoint: only } }))).toEqual(['DefaultBinder:0', 'NodeName:0']);
    const again = { enabled: [{ name: 'TaintToleration' }] };
    expect(names(profileOf({ plugins: { multiPoint: again } }))).toContain('TaintToleration:1');
    const score = { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 5 }] };
    const { scores } = frameworkOf(profileOf({ plugins: { score } }));
    expect(scores.map(({ plugin, weight }) => `${plugin.name}:${weight}`)).toEqual(['NodeResourcesFit:5']);
  });

  it('switch plug-ins at single extension points, in the order of upstream', () => {
    const at = (plugins: ProfileConfiguration['plugins'] & object): Record<string, string[]> => {
      const framework = frameworkOf(profileOf({ plugins }));
      const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
      return {
        filters: names(framework.filters.filter(({ filter }) => filter !== undefined)),
        scores: names(framework.scores.map(({ plugin }) => plugin)),
        postFilters: names(framework.postFilters),
        binds: names(framework.binds),
      };
    };
    const defaults = at({});
    // Overridden ones stand first, in the order in which they are given; then those of multiPoint.
    expect(at({ filter: { enabled: [{ name: 'NodePorts' }, { name: 'NodeName' }] } })['filters']).toEqual([
      'NodePorts',
      'NodeName',
      ...defaults['filters']!.filter((name) => name !== 'NodePorts' && name !== 'NodeName'),
    ]);
    expect(at({ postFilter: { disabled: [{ name: '*' }] } })['postFilters']).toEqual([]);
    expect(at({ filter: { disabled: [{ name: 'NodeName' }] } })['filters']).not.toContain('NodeName');
    expect(at({ preFilter: { disabled: [{ name: 'NodePorts' }] } })['filters']).not.toContain('NodePorts');
    expect(at({ preScore: { disabled: [{ name: 'NodeAffinity' }] } })['scores']).not.toContain('NodeAffinity');
    expect(at({ score: { disabled: [{ name: 'ImageLocality' }] } })).toEqual({
      ...defaults,
      scores: defaults['scores']!.filter((name) => name !== 'ImageLocality'),
    });
    // What only one point names does nothing at others.
    const only = {
      multiPoint: { disabled: [{ name: '*' }], enabled: [{ name: 'PrioritySort' }, { name: 'DefaultBinder' }] },
      filter: { enabled: [{ name: 'TaintToleration' }] },
    };
    expect(at(only)).toEqual({ filters: ['TaintToleration'], scores: [], postFilters: [], binds: ['DefaultBinder'] });
  });

  it('let a filter that is off pass, while its PreFilter still has its say', () => {
    const nodes = ['a', 'b'].map((name) => aNode(name));
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['b'] }] };
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
    const pod = aPod('p', { spec: { affinity: { nodeAffinity }, nodeSelector: { no: 'where' } } });
    const placed = (profile: Profile): string => {
      const cycle = aCycle(aCache(nodes), pod, profile);
      const decision = scheduleOne(frameworkOf(profile), cycle, { nextStartNodeIndex: 0 }, () => firstChoice);
      return decision.outcome === 'fits' ? decision.node.name : decision.message;
    };
    expect(placed(DEFAULT_PROFILE)).toMatch(/^0\/2 nodes are available/);
    expect(placed(profileOf({ plugins: { filter: { disabled: [{ name: 'NodeAffinity' }] } } }))).toBe('b');
  });

  it('say how long pods wait after failures, and which Lease their scheduler holds', () => {
    expect(argsOf(configured({ podInitialBackoffSeconds: 2, podMaxBackoffSeconds: 20 }))).toMatchObject({
      backoffs: { initial: 2 * SECOND, max: 20 * SECOND },
      leaderElect: true,
      lease: {
        namespace: 'kube-system',
        name: 'kube-scheduler',
        leaseDuration: 15 * SECOND,
        renewDeadline: 10 * SECOND,
        retryPeriod: 2 * SECOND,
      },
    });
    const leaderElection = {
      leaderElect: false,
      resourceName: 'mine',
      resourceNamespace: 'own',
      leaseDuration: '1m',
      renewDeadline: '30s',
      retryPeriod: '500ms',
    };
    expect(argsOf(configured({ leaderElection, clientConnection: { qps: 5, burst: 10 } }))).toMatchObject({
      leaderElect: false,
      lease: {
        namespace: 'own',
        name: 'mine',
        leaseDuration: 60 * SECOND,
        renewDeadline: 30 * SECOND,
        retryPeriod: SECOND / 2,
      },
      qps: 5,
      burst: 10,
    });
  });

  it('take arguments over, with the defaults of what is not said', () => {
    const { args } = profileOf(BIN_PACKING);
    expect(args.NodeResourcesFit).toEqual({
      scoringStrategy: {
        type: 'MostAllocated',
        resources: [
          { name: 'cpu', weight: 1 },
          { name: 'memory', weight: 1 },
        ],
      },
      ignoredResources: [],
      ignoredResourceGroups: [],
    });
    const shape = [
      { utilization: 0, score: 0 },
      { utilization: 100, score: 10 },
    ];
    const ratio = { type: 'RequestedToCapacityRatio', requestedToCapacityRatio: { shape } };
    const strategy = profileOf({ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: ratio } }] }).args
      .NodeResourcesFit.scoringStrategy;
    expect(strategy.shape?.map(({ utilization }) => utilization)).toEqual([0, 100]);
    expect(strategy.resources.map(({ name }) => name)).toEqual(['cpu', 'memory']);
  });

  it('pack pods on few nodes beside the default that spreads them', () => {
    const nodesUsed = (profile: Profile): number => {
      const cache = aCache(['a', 'b', 'c', 'd'].map((name) => aNode(name)));
      const rotation = { nextStartNodeIndex: 0 };
      const used = new Set<string>();
      for (let i = 0; i < 8; i++) {
        const pod: Pod = aPod(`p${i}`, { requests: [{ cpu: '500m', memory: '1Gi' }] });
        const decision = scheduleOne(frameworkOf(profile), aCycle(cache, pod, profile), rotation, () => firstChoice);
        if (decision.outcome !== 'fits') throw new Error(decision.message);
        assumePod(cache, podInfo(pod), decision.node.name);
        used.add(decision.node.name);
      }
      return used.size;
    };
    expect([nodesUsed(DEFAULT_PROFILE), nodesUsed(profileOf(BIN_PACKING))]).toEqual([4, 1]);
  });
});

// kubernetes pkg/scheduler/apis/config/validation/{validation,validation_pluginargs}_test.go, framework/runtime/framework_test.go
describe('what is wrong with a configuration', () => {
  const profile = (...profiles: ProfileConfiguration[]): unknown => configured({ profiles });
  const plugins = (sets: ProfileConfiguration['plugins'] & object): unknown => profile({ plugins: sets });
  const argumentsOf = (name: string, args: Readonly<Record<string, unknown>>): unknown =>
    profile({ pluginConfig: [{ name, args }] });
  const AT = 'profiles[0].pluginConfig[0].args';
  const START = 'initializing profiles: creating profile for scheduler name default-scheduler';
  const FIT = `${START}: initializing plugin "NodeResourcesFit"`;

  it.each<{ value: unknown; errors: string[] }>([
    { value: configured({ profiles: [BIN_PACKING, { schedulerName: 'other' }] }), errors: [] },
    { value: 'text', errors: ['it must be a map'] },
    { value: { apiVersion: 'v1', kind: 'Pod' }, errors: ['no kind "Pod" is registered for version "v1"'] },
    { value: { ...configured({}), profile: [] }, errors: ['strict decoding error: unknown field "profile"'] },
    { value: configured({ profiles: 3 as never }), errors: ['profiles: must be a list'] },
    {
      value: plugins({ score: { enabled: 3 as never } }),
      errors: ['profiles[0].plugins.score.enabled: must be a list'],
    },
    {
      value: argumentsOf('NodeResourcesFit', { scoringStrategy: null }),
      errors: [`${AT}.scoringStrategy: must be a map`],
    },
    {
      value: configured({ parallelism: 0 }),
      errors: ['parallelism: Invalid value: 0: should be an integer value greater than zero'],
    },
    {
      value: configured({ extenders: [{ urlPrefix: 'http://x' }] } as never),
      errors: ['extenders: Forbidden: there are no extenders in the simulation'],
    },
    {
      value: configured({ leaderElection: { leaseDuration: 'long' } }),
      errors: ['leaderElection.leaseDuration: time: invalid duration "long"'],
    },
    {
      value: configured({ leaderElection: { leaseDuration: '5s', retryPeriod: '0s', resourceLock: 'endpoints' } }),
      errors: [
        'leaderElection.retryPeriod: Invalid value: "0s": must be greater than zero',
        'leaderElection.leaseDuration: Invalid value: "10s": must be greater than `RenewDeadline`',
        'leaderElection.resourceLock: Invalid value: "endpoints": resourceLock value must be "leases"',
      ],
    },
    { value: configured({ leaderElection: { leaderElect: false, resourceName: '', leaseDuration: '0' } }), errors: [] },
    {
      value: configured({ clientConnection: { burst: -1 } }),
      errors: ['clientConnection.burst: Invalid value: -1: must be non-negative'],
    },
    {
      value: configured({ percentageOfNodesToScore: 101 }),
      errors: ['percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    },
    {
      value: profile({ percentageOfNodesToScore: -1 }),
      errors: ['profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]'],
    },
    {
      value: configured({ podInitialBackoffSeconds: 0, podMaxBackoffSeconds: -1 }),
      errors: [
        'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0',
        'podMaxBackoffSeconds: Invalid value: -1: must be greater than or equal to PodInitialBackoffSeconds',
      ],
    },
    {
      value: profile({ schedulerName: 'a' }, { schedulerName: 'a' }, {}),
      errors: [
        'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
        'profiles[2].schedulerName: Required value',
      ],
    },
    {
      value: profile(
        { schedulerName: 'a' },
        { schedulerName: 'b', plugins: { queueSort: { enabled: [{ name: 'PrioritySort' }] } } },
      ),
      errors: [
        'profiles[1].plugins.queueSort: Invalid value: {"enabled":[{"name":"PrioritySort"}]}: must be the same for all profiles',
      ],
    },
    {
      value: plugins({ queueSort: { enabled: [{ name: 'PrioritySort' }, { name: 'Other' }] } }),
      errors: ['profiles[0].plugins.queueSort.Enabled: Invalid value: 2: only one queue sort plugin can be enabled'],
    },
    {
      value: plugins({ filter: { enabled: [{ name: 'EBSLimits' }] } }),
      errors: [
        'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "kubescheduler.config.k8s.io/v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
      ],
    },
    {
      value: profile({ pluginConfig: [{ name: 'NodeAffinity' }, { name: 'NodeAffinity' }] }),
      errors: ['profiles[0].pluginConfig[1]: Duplicate value: "NodeAffinity"'],
    },
    {
      value: plugins({ multiPoint: { disabled: [{ name: '*' }] } }),
      errors: [
        `${START}: only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0`,
      ],
    },
    {
      value: plugins({ bind: { disabled: [{ name: '*' }] } }),
      errors: [`${START}: at least one bind plugin is needed for profile with scheduler name "default-scheduler"`],
    },
    {
      value: plugins({ score: { enabled: [{ name: 'Nonsense' }] } }),
      errors: [`${START}: ScorePlugin "Nonsense" does not exist`],
    },
    {
      value: plugins({ multiPoint: { enabled: [{ name: 'Nonsense' }] } }),
      errors: [`${START}: PreFilterPlugin "Nonsense" does not exist`],
    },
    {
      value: plugins({ score: { enabled: [{ name: 'NodePorts' }] } }),
      errors: [`${START}: plugin "NodePorts" does not extend ScorePlugin plugin`],
    },
    {
      value: plugins({ filter: { enabled: [{ name: 'NodePorts' }, { name: 'NodePorts' }] } }),
      errors: [`${START}: plugin "NodePorts" already registered as "FilterPlugin"`],
    },
    {
      value: argumentsOf('InterPodAffinity', { hardPodAffinityWeight: 101 }),
      errors: [`${AT}.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]`],
    },
    {
      value: argumentsOf('DefaultPreemption', { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }),
      errors: [
        `${AT}.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute`,
        `${AT}.minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage`,
      ],
    },
    {
      value: argumentsOf('DefaultPreemption', { minCandidateNodesPercentage: 200, minCandidateNodesAbsolute: -1 }),
      errors: [
        `${AT}.minCandidateNodesPercentage: Invalid value: 200: not in valid range [0, 100]`,
        `${AT}.minCandidateNodesAbsolute: Invalid value: -1: not in valid range [0, inf)`,
      ],
    },
    {
      value: argumentsOf('PodTopologySpread', {
        defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
      }),
      errors: [`${AT}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`],
    },
    {
      value: argumentsOf('PodTopologySpread', {
        defaultingType: 'List',
        defaultConstraints: [
          { maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Perhaps' },
          { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
          { maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      }),
      errors: [
        `${AT}.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)`,
        `${AT}.defaultConstraints[0].topologyKey: Required value: can not be empty`,
        `${AT}.defaultConstraints[0].whenUnsatisfiable: Unsupported value: "Perhaps": supported values: "DoNotSchedule", "ScheduleAnyway"`,
        `${AT}.defaultConstraints[1].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod`,
        `${AT}.defaultConstraints[2]: Duplicate value: "{zone, ScheduleAnyway}"`,
      ],
    },
    {
      value: argumentsOf('NodeResourcesBalancedAllocation', {
        resources: [{ name: 'cpu', weight: 2 }, { name: 'cpu' }],
      }),
      errors: [
        `${AT}.resources[0].weight: Invalid value: 2: must be 1`,
        `${AT}.resources[1].name: Duplicate value: "cpu"`,
      ],
    },
    {
      value: argumentsOf('VolumeBinding', { bindTimeoutSeconds: -1 }),
      errors: [
        `${AT}.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value`,
      ],
    },
    {
      value: argumentsOf('NodeAffinity', {
        addedAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'a', operator: 'In' },
                  { key: 'b', operator: 'Near' },
                ],
              },
            ],
          },
        },
      }),
      errors: [
        `${AT}.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty`,
        `${AT}.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].operator: Unsupported value: "Near": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"`,
      ],
    },
    {
      value: argumentsOf('NodeResourcesFit', { scoringStrategy: { type: 'Best' } }),
      errors: [
        `${FIT}: scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`,
      ],
    },
    {
      value: argumentsOf('NodeResourcesFit', {
        ignoredResourceGroups: ['example.com/gpu'],
        scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 101 }] },
      }),
      errors: [
        `${FIT}: [ignoredResourceGroups[0]: Invalid value: "example.com/gpu": resource group name can't contain '/', scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]]`,
      ],
    },
    {
      value: argumentsOf('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio' } }),
      errors: [
        `${FIT}: scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
      ],
    },
    {
      value: argumentsOf('NodeResourcesFit', {
        scoringStrategy: {
          type: 'RequestedToCapacityRatio',
          requestedToCapacityRatio: {
            shape: [
              { utilization: 101, score: 11 },
              { utilization: 0, score: 0 },
            ],
          },
        },
      }),
      errors: [
        `${FIT}: [scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 0: values must be sorted in increasing order, scoringStrategy.requestedToCapacityRatio.shape[0].utilization: Invalid value: 101: not in valid range [0, 100], scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in valid range [0, 10]]`,
      ],
    },
  ])('$errors', ({ value, errors }) => {
    expect(schedulerConfigurationErrors(value)).toEqual(errors);
  });
});
