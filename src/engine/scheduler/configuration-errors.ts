/**
 * What is wrong with a KubeSchedulerConfiguration, in the words of kube-scheduler: first what it says of the file, then what
 * it would end with as it sets its profiles up.
 *
 * @source kubernetes pkg/scheduler/apis/config/validation/validation.go, pkg/scheduler/scheduler.go, profile/profile.go
 */
import { type FieldError, aggregateText, duplicate, errorText, invalid, required } from '#engine/api/field-error';
import { semanticEqual } from '#engine/api/json';
import {
  type LeaderElectionConfiguration,
  type ProfileConfiguration,
  type SchedulerConfiguration,
  misfitsOf,
} from './configuration';
import { electionTimes } from './election-times';
import { ARGUMENT_ERRORS, fitErrors } from './plugin-argument-errors';
import { setUpError } from './plugin-sets';
import { DEFAULT_PROFILE } from './profile';

/** Gone since long; named so that their users hear of it. */
const REMOVED_PLUGINS = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];
const V1 = '"kubescheduler.config.k8s.io/v1"';
const REMOVED = `was invalid in version ${V1} (KubeSchedulerConfiguration is version ${V1})`;

/** All that is wrong with what is meant to be a configuration, in words. */
export function schedulerConfigurationErrors(value: unknown): readonly string[] {
  const wrong = misfitsOf(value);
  if (wrong.length > 0) return wrong;
  const configuration = value as SchedulerConfiguration;
  const { profiles = [] } = configuration;
  const errors = [...settingErrors(configuration), ...profilesErrors(profiles)];
  if (errors.length > 0) return errors.map(errorText);
  return profiles.flatMap((profile) => {
    const error = startError(profile, nameOf(profile, profiles.length));
    return error === null ? [] : [error];
  });
}

/** Only a profile that is alone has a name without being given one. */
const nameOf = ({ schedulerName }: ProfileConfiguration, profiles: number): string =>
  schedulerName ?? (profiles === 1 ? DEFAULT_PROFILE.schedulerName : '');

function settingErrors({
  parallelism = 16,
  percentageOfNodesToScore,
  clientConnection: { burst = 100 } = {},
  leaderElection = {},
  podInitialBackoffSeconds: initial = 1,
  podMaxBackoffSeconds: max = 10,
}: SchedulerConfiguration): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (burst < 0) errors.push(invalid('clientConnection.burst', burst, 'must be non-negative'));
  errors.push(...electionErrors(leaderElection));
  if (parallelism <= 0) {
    errors.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  }
  errors.push(...percentageErrors('percentageOfNodesToScore', percentageOfNodesToScore));
  if (initial <= 0) errors.push(invalid('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial) {
    const detail = 'must be greater than or equal to PodInitialBackoffSeconds';
    errors.push(invalid('podMaxBackoffSeconds', max, detail));
  }
  return errors;
}

/** @source kubernetes staging/src/k8s.io/component-base/config/validation/validation.go (ValidateLeaderElectionConfiguration) */
function electionErrors(election: LeaderElectionConfiguration): readonly FieldError[] {
  const { leaderElect = true, resourceLock = 'leases', resourceName, resourceNamespace } = election;
  if (!leaderElect) return [];
  const errors: FieldError[] = [];
  const times = electionTimes(election);
  for (const name of ['leaseDuration', 'renewDeadline', 'retryPeriod'] as const) {
    if (times[name] <= 0) errors.push(electionError(name, election[name] ?? '', 'must be greater than zero'));
  }
  if (times.leaseDuration <= times.renewDeadline) {
    errors.push(
      electionError('leaseDuration', election.renewDeadline ?? '10s', 'must be greater than `RenewDeadline`'),
    );
  }
  if (resourceNamespace === '') errors.push(required('leaderElection.resourceNamespace'));
  if (resourceName === '') errors.push(required('leaderElection.resourceName'));
  if (resourceLock !== 'leases') {
    errors.push(electionError('resourceLock', resourceLock, 'resourceLock value must be "leases"'));
  }
  return errors;
}

const electionError = (field: string, value: string, detail: string): FieldError =>
  invalid(`leaderElection.${field}`, value, detail);

const percentageErrors = (at: string, value = 0): readonly FieldError[] =>
  value >= 0 && value <= 100 ? [] : [invalid(at, value, 'not in valid range [0-100]')];

function profilesErrors(profiles: readonly ProfileConfiguration[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const places = new Map<string, number>();
  for (const [i, profile] of profiles.entries()) {
    const at = `profiles[${i}]`;
    const name = nameOf(profile, profiles.length);
    if (name === '') errors.push(required(`${at}.schedulerName`));
    errors.push(...percentageErrors(`${at}.percentageOfNodesToScore`, profile.percentageOfNodesToScore));
    errors.push(...pluginConfigErrors(profile, at));
    const before = places.get(name);
    if (before !== undefined) {
      errors.push(duplicate(`${at}.schedulerName`, `profiles[${before}].schedulerName`));
    }
    places.set(name, i);
  }
  const queueSort = profiles[0]?.plugins?.queueSort ?? {};
  const sorters = queueSort.enabled?.length ?? 0;
  if (sorters > 1) {
    const detail = 'only one queue sort plugin can be enabled';
    errors.push(invalid('profiles[0].plugins.queueSort.Enabled', sorters, detail));
  }
  for (const [i, { plugins = {} }] of profiles.entries()) {
    if (i === 0 || semanticEqual(queueSort, plugins.queueSort ?? {})) continue;
    errors.push(invalid(`profiles[${i}].plugins.queueSort`, plugins.queueSort, 'must be the same for all profiles'));
  }
  return errors;
}

function pluginConfigErrors({ plugins = {}, pluginConfig = [] }: ProfileConfiguration, at: string): FieldError[] {
  const errors = Object.entries(plugins).flatMap(([point, { enabled = [] }]) =>
    enabled.flatMap(({ name }, i) =>
      point !== 'multiPoint' && REMOVED_PLUGINS.includes(name)
        ? [invalid(`${at}.plugins.${point}.enabled[${i}]`, name, REMOVED)]
        : [],
    ),
  );
  const seen = new Set<string>();
  for (const [i, { name, args = {} }] of pluginConfig.entries()) {
    const place = `${at}.pluginConfig[${i}]`;
    if (seen.has(name)) errors.push(duplicate(place, name));
    seen.add(name);
    if (REMOVED_PLUGINS.includes(name)) errors.push(invalid(place, name, REMOVED));
    else errors.push(...(ARGUMENT_ERRORS[name]?.(args, `${place}.args`) ?? []));
  }
  return errors;
}

/** What a scheduler ends with as it makes this profile ready. */
function startError(profile: ProfileConfiguration, schedulerName: string): string | null {
  const args = profile.pluginConfig?.find(({ name }) => name === 'NodeResourcesFit')?.args ?? {};
  const wrong = fitErrors(args);
  const reason =
    wrong.length > 0
      ? `initializing plugin "NodeResourcesFit": ${aggregateText(wrong)}`
      : setUpError(profile, schedulerName);
  return reason === null
    ? null
    : `initializing profiles: creating profile for scheduler name ${schedulerName}: ${reason}`;
}
