/** What a Service asks for, and what its slices say of it, as somebody meets it who types. */
import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, type Story } from './testing';

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web, annotations: {service.kubernetes.io/topology-mode: Auto}}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
const SPREAD = `      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
`;

let lines = 0;
function type(t: Story, line: string): string {
  const ticket = `line-${++lines}`;
  t.act({ type: 'shell', session: 'test', ticket, line });
  t.until(line, ({ answers }) => answers.has(ticket), 5 * MINUTE, SECOND / 10);
  const { output, error } = t.answers.get(ticket)!;
  return output + error;
}
const get = `kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath=`;
const hints = (t: Story): readonly string[] =>
  type(t, `${get}'{range .items[*].endpoints[*]}{.zone}>{.hints.forZones[*].name}/{.hints.forNodes[*].name}{" "}{end}'`)
    .trim()
    .split(' ')
    .toSorted();
/** Type, reason, source and message, without how often and when. */
const events = (t: Story): readonly string[] =>
  type(t, 'kubectl describe service web')
    .split('\n')
    .filter((line) => line.includes('TopologyAwareHints'))
    .map((line) => line.trim().split(/ {2,}/))
    .map(([kind, reason, _age, source, message]) => `${kind} ${reason} ${source} ${message}`);

const PER_ZONE = (text: (zone: string, node: string) => string): readonly string[] =>
  ['a', 'b', 'c'].flatMap((zone, index) => Array.from({ length: 2 }, () => text(`zone-${zone}`, `node-${index + 1}`)));

it('hints at zones by annotation, and says why not', () => {
  const t = bootedStory({ recorded: false, nodes: 3, zones: 3 });
  t.apply(manifests(SERVICE, deployment('web', { replicas: 2, pod: SPREAD })));
  t.until('two run', () => t.readyPodsOf('web').length === 2, 2 * MINUTE);
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(['zone-b>/', 'zone-c>/']);
  expect(events(t)).toEqual([
    'Warning TopologyAwareHintsDisabled endpoint-slice-controller Insufficient number of endpoints (0 endpoints, 3 zones), addressType: IPv4',
    'Warning TopologyAwareHintsDisabled endpoint-slice-controller Insufficient number of endpoints (1 endpoints, 3 zones), addressType: IPv4',
    'Warning TopologyAwareHintsDisabled endpoint-slice-controller Insufficient number of endpoints (2 endpoints, 3 zones), addressType: IPv4',
  ]);

  type(t, 'kubectl scale deployment web --replicas=6');
  t.until('six run', () => t.readyPodsOf('web').length === 6, 2 * MINUTE);
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>${zone}/`));
  expect(events(t).at(-1)).toBe(
    'Normal TopologyAwareHintsEnabled endpoint-slice-controller Topology Aware Hints has been enabled, addressType: IPv4',
  );

  // A node that nobody has given a zone; then the zone is known again.
  type(t, 'kubectl label node node-3 topology.kubernetes.io/zone-');
  t.run(2 * SECOND);
  expect(hints(t).filter((hint) => /zone-.*>zone-/.test(hint))).toEqual([]);
  expect(events(t)).toContain(
    'Warning TopologyAwareHintsDisabled endpoint-slice-controller Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4',
  );
  type(t, 'kubectl label node node-3 topology.kubernetes.io/zone=zone-c');
  // Upstream, too, looks only at the hints that there are: whose are gone come back with the next change of the Service.
  t.run(2 * SECOND);
  expect(hints(t)).not.toContain('zone-c>zone-c/');
  type(t, 'kubectl label service web seen=yes');
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>${zone}/`));

  type(t, 'kubectl annotate service web service.kubernetes.io/topology-mode-');
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>/`));
  expect(events(t)).toContain(
    'Warning TopologyAwareHintsDisabled endpoint-slice-controller Topology Aware Hints has been disabled, addressType: IPv4',
  );
});

it('hints at zones and nodes by field, and refuses and warns as the API server does', () => {
  const t = bootedStory({ recorded: false, nodes: 3, zones: 3 });
  const PLAIN = SERVICE.replace(/, annotations.*}}/, '}');
  t.apply(manifests(PLAIN, deployment('web', { replicas: 6, pod: SPREAD })));
  t.until('six run', () => t.readyPodsOf('web').length === 6, 2 * MINUTE);
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>/`));
  const distribute = (value: string): string => {
    const answer = type(t, `kubectl patch service web -p '{"spec":{"trafficDistribution":${value}}}'`);
    t.run(2 * SECOND);
    return answer;
  };
  expect(distribute('"PreferSameNode"')).toBe('service/web patched\n');
  expect(hints(t)).toEqual(PER_ZONE((zone, node) => `${zone}>${zone}/${node}`));
  expect(distribute('"PreferClose"')).toBe(
    'service/web patched\nWarning: spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"\n',
  );
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>${zone}/`));
  expect(type(t, 'kubectl describe service web')).toContain('Traffic Distribution:     PreferClose\n');
  expect(distribute('"Near"')).toBe(
    'The Service "web" is invalid: spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"\n',
  );
  expect(distribute('null')).toBe('service/web patched\n');
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>/`));

  const older = 'service.kubernetes.io/topology-aware-hints=auto';
  expect(type(t, `kubectl annotate service web service.kubernetes.io/topology-mode=Auto ${older}`)).toBe(
    'The Service "web" is invalid: metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified\n',
  );
  expect(type(t, `kubectl annotate service web ${older}`)).toBe(
    'service/web annotated\nWarning: annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead\n',
  );
  t.run(2 * SECOND);
  expect(hints(t)).toEqual(PER_ZONE((zone) => `${zone}>${zone}/`));
  expect(events(t)).toEqual([
    'Normal TopologyAwareHintsEnabled endpoint-slice-controller Topology Aware Hints has been enabled, addressType: IPv4',
  ]);
});
