/**
 * Admission of what writes nothing to etcd: connects (exec, attach, portforward, proxy) and tokens.
 *
 * @source kubernetes apiserver/pkg/endpoints/handlers/{rest,create}.go (ConnectResource, createHandler)
 */
import type { KubeObject, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { validateSubresource } from './admission/admission';
import { lateAnswers } from './late';
import type { ResourceRequest } from './routes';
import type { ApiServerState, Asker, Operation } from './state';
import type { ApiRequest } from './wire';
import { surroundingsOf } from './writes';

type Object = Record<string, unknown> & { readonly kind: string; readonly apiVersion: string };

/** Why a request must not go on; null: it may. What is to be warned of is put in `warnings`. */
export function subresourceRefusal(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  { info, namespace, name, subresource }: ResourceRequest,
  asked: { readonly verb: 'create' | 'connect'; readonly object: Object; readonly dryRun?: boolean },
  warnings: string[] = [],
): Status | null {
  const { kind, apiVersion } = asked.object;
  const slash = apiVersion.indexOf('/');
  const takes = { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1), kind };
  const annotations: Record<string, string> = {};
  // What plug-ins look at of an operation.
  const operation = {
    asker,
    name,
    body: asked.object,
    manager: '',
    options: { dryRun: asked.dryRun === true },
    warnings,
    annotations,
  } as unknown as Operation;
  const request = { operation, verb: asked.verb, info, namespace, shownName: name, subresource, takes };
  const verdict = validateSubresource(request, asked.object as unknown as KubeObject, surroundingsOf(state, ctx));
  if (state.args.auditPolicy !== undefined) lateAnswers.code.auditor.annotate(state, asker, annotations);
  return verdict.type === 'refuse' ? verdict.status : null;
}

const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1' || text === '';
const STREAMS = ['stdin', 'stdout', 'stderr', 'tty'];

const KINDS: Readonly<Record<string, string>> = {
  'pods/exec': 'PodExecOptions',
  'pods/attach': 'PodAttachOptions',
  'pods/portforward': 'PodPortForwardOptions',
  'pods/proxy': 'PodProxyOptions',
  'services/proxy': 'ServiceProxyOptions',
  'nodes/proxy': 'NodeProxyOptions',
};

/** The options of a connect as an object; null: the subresource is no connect to admission (a log). */
export function connectOptions(
  { query = {}, repeated = {} }: ApiRequest,
  { info, subresource, rest }: ResourceRequest,
): Object | null {
  const kind = KINDS[`${info.resource}/${subresource}`];
  if (kind === undefined) return null;
  const all = (name: string): readonly string[] => repeated[name] ?? (query[name] === undefined ? [] : [query[name]]);
  const object: Object = { kind, apiVersion: 'v1' };
  if (subresource === 'proxy') return rest === '' ? object : { ...object, path: rest };
  if (subresource === 'portforward') {
    const ports = all('ports').flatMap((text) => text.split(',').map(Number));
    return ports.length === 0 ? object : { ...object, ports };
  }
  for (const name of STREAMS) if (query[name] !== undefined && isTrue(query[name])) object[name] = true;
  if (query['container'] !== undefined) object['container'] = query['container'];
  const command = all('command');
  return command.length === 0 ? object : { ...object, command };
}
