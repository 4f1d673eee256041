/** `kubectl cluster-info dump`: objects and logs of namespaces, for whoever looks for what is wrong. @source kubernetes kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go */
import type { JsonObject } from '#engine/api/json';
import type { KubeObject, Pod } from '#engine/api/types';
import { ask, type Call, failed, statusOf, want } from '../call/context';
import { type Doing, writeFile } from '../call/effects';
import {
  jsonText,
  noSuchFormat,
  PLAIN_FORMATS,
  type Printer,
  printerOf,
  withoutManagedFields,
} from '../output/printing';
import type { Command } from './command';

/** What is told of each namespace, in this order: the name of its file, and where it is found. */
const DUMPED: readonly (readonly [string, string, string])[] = [
  ['events', '/api/v1', 'events'],
  ['replication-controllers', '/api/v1', 'replicationcontrollers'],
  ['services', '/api/v1', 'services'],
  ['daemonsets', '/apis/apps/v1', 'daemonsets'],
  ['deployments', '/apis/apps/v1', 'deployments'],
  ['replicasets', '/apis/apps/v1', 'replicasets'],
  ['pods', '/api/v1', 'pods'],
];

type List = JsonObject & { readonly items: readonly (JsonObject & KubeObject)[] };

/** A list as Go's typed client holds it: what is in it does not say its kind again. */
function* listOf(call: Call, path: string): Doing<List> {
  const list = yield* want<List>(call, { method: 'GET', path });
  return {
    ...list,
    items: list.items.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest),
  } as unknown as List;
}

export const clusterInfoDumpCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.text('output') === 'wide') throw noSuchFormat('wide', PLAIN_FORMATS);
    if (flags.text('output') === 'name') throw failed('list types are not supported by name printing: *v1.NodeList');
    const printer: Printer = (yield* printerOf(flags)) ?? {
      lists: true,
      prints: (list) => jsonText(flags.on('show-managed-fields') ? list : withoutManagedFields(list)),
    };
    const format = flags.text('output', 'json');
    const extension = format === 'json' || format === 'yaml' ? `.${format}` : '.txt';
    const folder = flags.text('output-directory');
    const toFiles = folder !== '' && folder !== '-';
    function* tell(name: string, text: string): Doing<void> {
      if (toFiles) yield* writeFile(`${folder}/${name}`, text);
      else kubectl.out(text);
    }
    let isFirst = true;
    const print = (list: List): string => {
      const mark = format === 'yaml' && !isFirst ? '---\n' : '';
      isFirst = false;
      return mark + printer.prints(list);
    };
    yield* tell(`nodes${extension}`, print(yield* listOf(call, '/api/v1/nodes')));
    for (const namespace of yield* namespacesOf(call)) {
      let pods: readonly Pod[] = [];
      for (const [file, api, resource] of DUMPED) {
        const list = yield* listOf(call, `${api}/namespaces/${namespace}/${resource}`);
        yield* tell(`${namespace}/${file}${extension}`, print(list));
        if (resource === 'pods') pods = list.items as unknown as readonly Pod[];
      }
      for (const pod of pods) yield* tell(`${namespace}/${pod.metadata.name}/logs.txt`, yield* logsText(call, pod));
    }
    if (toFiles) kubectl.out(`Cluster info dumped to ${folder}\n`);
    return 0;
  },
};

function* namespacesOf(call: Call): Doing<readonly string[]> {
  const { flags } = call;
  if (!flags.on('all-namespaces'))
    return flags.has('namespaces') ? flags.list('namespaces') : ['kube-system', call.namespace];
  return (yield* listOf(call, '/api/v1/namespaces')).items.map(({ metadata }) => metadata.name);
}

function* logsText(call: Call, { metadata, spec }: Pod): Doing<string> {
  let text = '';
  for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
    const what = `logs for container ${name} of pod ${metadata.namespace ?? ''}/${metadata.name} ====\n`;
    const path = `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}/log`;
    const reply = yield* ask(call, { method: 'GET', path, query: { container: name } });
    const log = reply.ok ? String(reply.body) : `Request log error: ${statusOf(reply).message ?? ''}\n`;
    text += `==== START ${what}${log}==== END ${what}`;
  }
  return text;
}
