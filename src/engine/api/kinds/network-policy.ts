/** @source kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicy), pkg/apis/networking/v1/defaults.go */
import { forbidden, invalid, required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { addressBits, cidrErrors, portNumberErrors } from '../names';
import { mapShared, withChanges, withDefaults } from '../structural-sharing';
import type { NetworkPolicy } from '../types';
import { eachOf, oneOf } from '../validation/field-rules';
import { validateLabelSelector } from '../validation/label-selector';
import { invalidAll } from '../validation/object-meta';
import { validatePort } from '../validation/probe';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Ingress = NonNullable<Spec['ingress']>[number];
type Port = NonNullable<Ingress['ports']>[number];
type Peer = NonNullable<Ingress['from']>[number];

const withProtocols = <R extends { ports?: Port[] }>(rule: R): R =>
  rule.ports === undefined
    ? rule
    : (withChanges<{ ports?: Port[] }>(rule, {
        ports: mapShared(rule.ports, (port) => withDefaults(port, { protocol: 'TCP' })),
      }) as R);

function portErrors({ protocol, port, endPort }: Port, field: string): FieldError[] {
  const errors = protocol === undefined ? [] : oneOf(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']);
  const end = `${field}.endPort`;
  const refuse = (detail: string): void => void errors.push(invalid(end, endPort, detail));
  if (port !== undefined) errors.push(...validatePort(port, `${field}.port`));
  if (endPort === undefined) return errors;
  if (port === undefined) refuse('may not be specified when `port` is not specified');
  else if (typeof port === 'string') refuse('may not be specified when `port` is non-numeric');
  else {
    if (endPort < port) refuse('must be greater than or equal to `port`');
    errors.push(...invalidAll(end, endPort, portNumberErrors(endPort)));
  }
  return errors;
}

/** The leading bits that a network fixes. */
function networkBits(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/');
  return addressBits(address).slice(0, Number(length));
}

function blockErrors({ cidr, except }: NonNullable<Peer['ipBlock']>, field: string): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)];
  const errors = invalidAll(`${field}.cidr`, cidr, cidrErrors(cidr));
  if (errors.length > 0) return errors;
  const bits = networkBits(cidr);
  return eachOf(except, `${field}.except`, (item, path) => {
    const wrong = invalidAll(path, item, cidrErrors(item));
    if (wrong.length > 0) return wrong;
    const inner = networkBits(item);
    const within = cidr.includes(':') === item.includes(':') && inner.length > bits.length && inner.startsWith(bits);
    return within ? [] : [invalid(path, item, 'must be a strict subset of `cidr`')];
  });
}

function peerErrors(peer: Peer, field: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  const errors = [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock === undefined ? [] : blockErrors(ipBlock, `${field}.ipBlock`)),
  ];
  if (!selects && ipBlock === undefined) errors.push(required(field, 'must specify a peer'));
  if (selects && ipBlock !== undefined) errors.push(forbidden(field, 'may not specify both ipBlock and another peer'));
  return errors;
}

const ruleErrors = (side: string, peers: string, rules: readonly (Ingress & { to?: Peer[] })[] | undefined) =>
  eachOf(rules, `spec.${side}`, (rule, field) => [
    ...eachOf(rule.ports, `${field}.ports`, portErrors),
    ...eachOf(peers === 'from' ? rule.from : rule.to, `${field}.${peers}`, peerErrors),
  ]);

export const networkPolicyRules: KindRules<NetworkPolicy> = genericRules<NetworkPolicy>({
  generation: true,
  applyDefaults(policy) {
    const spec: Spec = policy.spec ?? {};
    const { ingress, egress, policyTypes } = spec;
    return withChanges(policy, {
      spec: withChanges(spec, {
        ingress: ingress && mapShared(ingress, withProtocols),
        egress: egress && mapShared(egress, withProtocols),
        policyTypes: policyTypes?.length ? policyTypes : egress?.length ? ['Ingress', 'Egress'] : ['Ingress'],
      }),
    });
  },
  validate({ spec = {} }) {
    const types = spec.policyTypes ?? [];
    return [
      ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
      ...ruleErrors('ingress', 'from', spec.ingress),
      ...ruleErrors('egress', 'to', spec.egress),
      ...(types.length > 2
        ? [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
        : eachOf(types, 'spec.policyTypes', (type, field) => oneOf(field, type, ['Ingress', 'Egress']))),
    ];
  },
});
