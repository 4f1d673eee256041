/**
 * A scheduler of one's own, in a pod: told by a file that a ConfigMap brings, or by flags, and known to the API server by the
 * token of its service account.
 *
 * @source kubernetes cmd/kube-scheduler/app/options/{options,configfile}.go, client-go rest/config.go (InClusterConfig)
 */
import { decodeBase64 } from '#engine/api/base64';
import { manifestReader } from '#engine/api/manifest-document';
import { type Credentials, certified } from '#engine/apiserver/wire';
import type { LeaderElectionConfiguration, SchedulerConfiguration } from './configuration';
import { schedulerConfigurationErrors } from './configuration-errors';
import { argsOf } from './configured-profiles';
import type { SchedulerArgs } from './state';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const DEFAULTS = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };

export interface PodOfScheduler {
  readonly flags: ReadonlyMap<string, string>;
  /** Files that are mounted into its container. */
  readonly files: Readonly<Record<string, string>>;
}

/** What it is started with, without its servers; a text: what it ends with instead. */
export function startedBy({ flags, files }: PodOfScheduler): Omit<SchedulerArgs, 'server'> | string {
  const path = flags.get('config');
  const told = path === undefined ? DEFAULTS : configurationIn(files[path], path);
  if (typeof told === 'string') return told;
  const configuration = withFlags(told, flags);
  const errors = schedulerConfigurationErrors(configuration);
  if (errors.length > 0) return errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`;
  const credentials = accountIn(files[TOKEN]);
  if (credentials === null) return `open ${TOKEN}: no such file or directory`;
  return { ...argsOf(configuration), credentials };
}

function configurationIn(text: string | undefined, path: string): object | string {
  if (text === undefined) return `open ${path}: no such file or directory`;
  const read = manifestReader.code(text, path);
  return read.ok ? (read.documents[0]?.object ?? {}) : read.error.message;
}

/** Flags that are given stand above what the file says of the election. */
function withFlags(configuration: SchedulerConfiguration, flags: PodOfScheduler['flags']): object {
  const given: Record<string, string | boolean> = {};
  const elect = flags.get('leader-elect');
  if (elect !== undefined) given['leaderElect'] = elect === 'true';
  for (const [flag, field] of ELECTION_FLAGS) {
    const value = flags.get(`leader-elect-${flag}`);
    if (value !== undefined) given[field] = value;
  }
  if (Object.keys(given).length === 0) return configuration;
  return { ...configuration, leaderElection: { ...configuration.leaderElection, ...given } };
}

const ELECTION_FLAGS: readonly (readonly [flag: string, field: keyof LeaderElectionConfiguration])[] = [
  ['lease-duration', 'leaseDuration'],
  ['renew-deadline', 'renewDeadline'],
  ['retry-period', 'retryPeriod'],
  ['resource-lock', 'resourceLock'],
  ['resource-name', 'resourceName'],
  ['resource-namespace', 'resourceNamespace'],
];

/** Whom a token names. Its signature is for the API server to check. @simplified the token is looked at once */
function accountIn(token: string | undefined): Credentials | null {
  const payload = (token?.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const text = decodeBase64(payload + '='.repeat((4 - (payload.length % 4)) % 4));
  const subject = /"sub":"(system:serviceaccount:([^:"]+):[^:"]+)"/.exec(text ?? '');
  if (subject === null) return null;
  const [, name = '', namespace = ''] = subject;
  return certified(name, 'system:serviceaccounts', `system:serviceaccounts:${namespace}`);
}
