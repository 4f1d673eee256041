/** `kubectl expose` and `kubectl autoscale`. @source kubernetes kubectl/pkg/cmd/{expose/expose,autoscale/autoscale}.go */
import type { JsonObject, JsonValue } from '#engine/api/json';
import type { Container, Deployment, KubeObject, Pod, Service } from '#engine/api/types';
import { type Call, failed } from '../call/context';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, objectsOf } from '../call/targets';
import type { Command } from './command';
import { made } from './create';
import { overridden } from './run';

const EXPOSED = ['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet'];

interface Exposable {
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

function exposable(object: KubeObject): Exposable {
  const { kind } = object;
  if (kind === 'Service') {
    const { selector = {}, ports = [] } = (object as Service).spec;
    return { selector, ports: ports.map(({ port, protocol = 'TCP' }) => ({ port, protocol })) };
  }
  const portsOf = (containers: readonly Container[]) =>
    containers.flatMap(({ ports = [] }) =>
      ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })),
    );
  if (kind === 'Pod') {
    const { metadata, spec } = object as Pod;
    if (Object.keys(metadata.labels ?? {}).length === 0)
      throw failed(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    return { selector: metadata.labels ?? {}, ports: portsOf(spec.containers) };
  }
  const { selector, template } = (object as Deployment).spec;
  const labels = (kind === 'ReplicationController' ? selector : selector.matchLabels) as
    Readonly<Record<string, string>> | undefined;
  return { selector: labels ?? {}, ports: portsOf(template.spec?.containers ?? []) };
}

/** Does it for each object that is meant. */
function* forEach(call: Call, work: (found: Found) => Doing<void>): Doing<number> {
  const failures = new Failures();
  for (const found of yield* objectsOf(call, call.flags.args, failures)) {
    try {
      yield* work(found);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.add(error);
    }
  }
  failures.tell();
  return 0;
}

export const exposeCommand: Command = {
  *run(call) {
    return yield* forEach(call, function* exposeOne({ object, name, resource }) {
      if (!EXPOSED.includes(object.kind))
        throw failed(`cannot expose a ${resource.kind}.${resource.group}`.replace(/\.$/, ''));
      yield* made(call, overridden(serviceOf(call, object, name), call.flags.text('overrides')), {
        manager: 'kubectl-expose',
        word: 'exposed',
      });
    });
  },
};

function serviceOf({ flags }: Call, object: KubeObject, name: string): JsonObject {
  const given = exposable(object);
  const text = flags.text('selector');
  const selector =
    text === ''
      ? given.selector
      : Object.fromEntries(text.split(',').map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']));
  const wanted =
    flags.text('port') === '' ? given.ports.map(({ port }) => String(port)) : flags.text('port').split(',');
  if (wanted.length === 0) throw failed("couldn't find port via --port flag or introspection");
  const target = flags.text('target-port');
  const ports = wanted.map((port, index): JsonObject => {
    const number = Number(port);
    const protocol = flags.text('protocol') || given.ports.find((one) => one.port === number)?.protocol || 'TCP';
    const targetPort: JsonValue = target === '' ? number : /^\d+$/.test(target) ? Number(target) : target;
    return { ...(wanted.length > 1 ? { name: `port-${index + 1}` } : {}), port: number, protocol, targetPort };
  });
  const labels = flags.text('labels');
  const own =
    labels === ''
      ? object.metadata.labels
      : Object.fromEntries(labels.split(',').map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...(own === undefined ? {} : { labels: own }), name: flags.text('name') || name.slice(0, 63) },
    spec: {
      ports,
      selector,
      ...(flags.text('type') === '' ? {} : { type: flags.text('type') }),
      ...(flags.text('cluster-ip') === '' ? {} : { clusterIP: flags.text('cluster-ip') }),
      ...(flags.text('external-ip') === '' ? {} : { externalIPs: [flags.text('external-ip')] }),
      ...(flags.text('load-balancer-ip') === '' ? {} : { loadBalancerIP: flags.text('load-balancer-ip') }),
      ...(flags.text('session-affinity') === '' ? {} : { sessionAffinity: flags.text('session-affinity') }),
    },
  };
}

export const autoscaleCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.has('cpu-percent'))
      kubectl.err(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
      );
    const most = flags.number('max', -1);
    if (!flags.has('max')) throw failed('required flag(s) "max" not set');
    if (most < 1) throw failed(`--max=MAXPODS is required and must be at least 1, max: ${most}`);
    if (flags.number('min', -1) > most)
      throw failed(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${most}, min: ${flags.number('min')}`);
    return yield* forEach(call, function* scaleOne({ object, name, resource }) {
      const { kind } = resource;
      if (!resource.subresources.includes('scale')) throw failed(`cannot autoscale a ${kind}: ${object.metadata.name}`);
      const metrics = [
        metricOf('cpu', flags.has('cpu-percent') ? `${flags.text('cpu-percent')}%` : flags.text('cpu')),
        metricOf('memory', flags.text('memory')),
      ].filter((metric) => metric !== null);
      const scaler: JsonObject = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: flags.text('name') || name },
        spec: {
          maxReplicas: most,
          ...(metrics.length === 0 ? {} : { metrics }),
          ...(flags.number('min', -1) > 0 ? { minReplicas: flags.number('min') } : {}),
          scaleTargetRef: { apiVersion: resource.apiVersion, kind, name },
        },
      };
      yield* made(call, scaler, { manager: 'kubectl-autoscale', word: 'autoscaled' });
    });
  },
};

function metricOf(name: string, text: string): JsonObject | null {
  if (text === '') return null;
  const target: JsonObject = text.endsWith('%')
    ? { averageUtilization: Number(text.slice(0, -1)), type: 'Utilization' }
    : { averageValue: text, type: 'AverageValue' };
  return { resource: { name, target }, type: 'Resource' };
}
