import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { assumePod } from './cache';
import { type SchedulerConfiguration, schedulerConfigurationErrors } from './configuration';
import { profilesOf } from './configured-profiles';
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
    const score = { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 5 }] };
    expect(names(profileOf({ plugins: { score } })).filter((text) => !text.endsWith(':0'))).toEqual([
      'NodeResourcesFit:5',
    ]);
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
      { utilization: 100, score: 10 },
      { utilization: 0, score: 0 },
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

// kubernetes pkg/scheduler/apis/config/validation/validation_test.go
describe('what is wrong with a configuration', () => {
  it.each<{ value: unknown; errors: string[] }>([
    { value: configured({ profiles: [BIN_PACKING, { schedulerName: 'other' }] }), errors: [] },
    { value: 'text', errors: ['it must be a map'] },
    {
      value: { apiVersion: 'v1', kind: 'Pod' },
      errors: ['no kind "Pod" is registered for version "v1"'],
    },
    {
      value: { ...configured({}), profile: [] },
      errors: ['strict decoding error: unknown field "profile"'],
    },
    { value: configured({ profiles: 3 as never }), errors: ['profiles: must be a list'] },
    {
      value: configured({ profiles: [{ plugins: { score: { enabled: 3 as never } } }] }),
      errors: ['profiles[0].plugins.score.enabled: must be a list'],
    },
    {
      value: configured({
        profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: null } }] }],
      }),
      errors: ['profiles[0].pluginConfig[0].args.scoringStrategy: must be a map'],
    },
    {
      value: configured({ profiles: [{ plugins: { multiPoint: { disabled: [{ name: '*' }] } } }] }),
      errors: ['at least one bind plugin is needed for profile with scheduler name "default-scheduler"'],
    },
    {
      value: configured({ percentageOfNodesToScore: 101 }),
      errors: ['percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    },
    {
      value: configured({ profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }, {}] }),
      errors: ['profiles[1].schedulerName: Duplicate value: "a"', 'profiles[2].schedulerName: Required value'],
    },
    {
      value: configured({ profiles: [{ plugins: { score: { enabled: [{ name: 'Nonsense' }] } } }] }),
      errors: ['profiles[0].plugins.score.enabled[0]: Invalid value: "Nonsense": plugin "Nonsense" does not exist'],
    },
    {
      value: configured({
        profiles: [{ pluginConfig: [{ name: 'InterPodAffinity', args: { hardPodAffinityWeight: 101 } }] }],
      }),
      errors: [
        'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0-100]',
      ],
    },
    {
      value: configured({
        profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'Best' } } }] }],
      }),
      errors: [
        'profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
      ],
    },
  ])('$errors', ({ value, errors }) => {
    expect(schedulerConfigurationErrors(value)).toEqual(errors);
  });
});
