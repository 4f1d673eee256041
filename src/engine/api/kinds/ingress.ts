/**
 * Ingresses and their classes.
 *
 * @source kubernetes pkg/apis/networking/validation/validation.go, pkg/apis/networking/v1/defaults.go, pkg/registry/networking/{ingress,ingressclass}/strategy.go
 */
import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  ipErrors,
  pathSegmentErrors,
  portNameErrors,
  portNumberErrors,
  wildcardDomainErrors,
} from '../names';
import { withChanges, withDefaults } from '../structural-sharing';
import type { Ingress, IngressClass } from '../types';
import { eachOf, oneOf, requiredText, validateDomainPath } from '../validation/field-rules';
import { immutable, invalidAll } from '../validation/object-meta';

type Spec = NonNullable<Ingress['spec']>;
type Backend = NonNullable<Spec['defaultBackend']>;
type Path = NonNullable<NonNullable<NonNullable<Spec['rules']>[number]['http']>['paths']>[number];
type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const NO_ADDRESS = 'must be a DNS name, not an IP address';

const isAddress = (text: string): boolean => ipErrors(text).length === 0;

const hostErrors = (host: string): readonly string[] =>
  host.includes('*') ? wildcardDomainErrors(host) : dnsSubdomainErrors(host);

const referenceErrors = (reference: Pick<Parameters, 'apiGroup' | 'kind' | 'name'>, field: string): FieldError[] => [
  ...(reference.apiGroup === undefined
    ? []
    : invalidAll(`${field}.apiGroup`, reference.apiGroup, dnsSubdomainErrors(reference.apiGroup))),
  ...requiredText(`${field}.kind`, reference.kind, pathSegmentErrors, 'kind is required'),
  ...requiredText(`${field}.name`, reference.name, pathSegmentErrors, 'name is required'),
];

function backendErrors({ service, resource }: Backend, field: string): FieldError[] {
  if (resource !== undefined) {
    return service === undefined
      ? referenceErrors(resource, `${field}.resource`)
      : [invalid(field, '', 'cannot set both resource and service backends')];
  }
  if (service === undefined) return [invalid(field, '', 'resource or service backend is required')];
  const errors = requiredText(`${field}.service.name`, service.name, dns1035LabelErrors);
  const { name, number } = service.port ?? {};
  const port = `${field}.service.port`;
  if (name && number) errors.push(invalid(field, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...invalidAll(`${port}.name`, name, portNameErrors(name)));
  else if (number) errors.push(...invalidAll(`${port}.number`, number, portNumberErrors(number)));
  else errors.push(required(field, 'port name or number is required'));
  return errors;
}

function pathErrors({ pathType, path = '', backend }: Path, field: string): FieldError[] {
  if (pathType === undefined) return [required(`${field}.pathType`, 'pathType must be specified')];
  const errors = oneOf(`${field}.pathType`, pathType, PATH_TYPES);
  const refuse = (detail: string): void => void errors.push(invalid(`${field}.path`, path, detail));
  const strict = pathType === 'Exact' || pathType === 'Prefix';
  if (errors.length === 0 && (strict || path !== '') && !path.startsWith('/')) refuse('must be an absolute path');
  if (strict) {
    for (const part of ['//', '/./', '/../', '%2f', '%2F'])
      if (path.includes(part)) refuse(`must not contain '${part}'`);
    for (const end of ['/..', '/.']) if (path.endsWith(end)) refuse(`cannot end with '${end}'`);
  }
  return [...errors, ...backendErrors(backend ?? {}, `${field}.backend`)];
}

function specErrors(spec: Spec = {}): FieldError[] {
  const { rules, defaultBackend, tls, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (!rules?.length && defaultBackend === undefined)
    errors.push(invalid('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend !== undefined) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'));
  errors.push(
    ...eachOf(rules, 'spec.rules', ({ host = '', http }, field) => [
      ...(isAddress(host) ? [invalid(`${field}.host`, host, NO_ADDRESS)] : []),
      ...(host === '' ? [] : invalidAll(`${field}.host`, host, hostErrors(host))),
      ...(http !== undefined && !http.paths?.length ? [required(`${field}.http.paths`)] : []),
      ...eachOf(http?.paths, `${field}.http.paths`, pathErrors),
    ]),
    ...eachOf(tls, 'spec.tls', ({ hosts, secretName }, field) => [
      ...eachOf(hosts, `${field}.hosts`, (host, path) => invalidAll(path, host, hostErrors(host))),
      ...(secretName ? invalidAll(`${field}.secretName`, secretName, dnsSubdomainErrors(secretName)) : []),
    ]),
  );
  return ingressClassName === undefined
    ? errors
    : [...errors, ...invalidAll('spec.ingressClassName', ingressClassName, dnsSubdomainErrors(ingressClassName))];
}

const generic = genericRules<Ingress>({
  status: { loadBalancer: {} },
  generation: true,
  validate: ({ spec }) => specErrors(spec),
  validateStatusUpdate: ({ status }) =>
    eachOf(status?.loadBalancer?.ingress, 'status.loadBalancer.ingress', ({ ip, hostname = '' }, field) => [
      ...(ip ? invalidAll(`${field}.ip`, ip, ipErrors(ip)) : []),
      ...(hostname === '' ? [] : invalidAll(`${field}.hostname`, hostname, dnsSubdomainErrors(hostname))),
      ...(isAddress(hostname) ? [invalid(`${field}.hostname`, hostname, NO_ADDRESS)] : []),
    ]),
  warnings: ({ metadata, spec }, old) =>
    old === undefined && metadata.annotations?.[CLASS_ANNOTATION] !== undefined && spec?.ingressClassName === undefined
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
});

export const ingressRules: KindRules<Ingress> = {
  ...generic,
  validate(ingress) {
    const annotated = ingress.metadata.annotations?.[CLASS_ANNOTATION];
    const named = ingress.spec?.ingressClassName;
    return annotated === undefined || named === undefined || annotated === named
      ? generic.validate(ingress)
      : [
          ...generic.validate(ingress),
          invalid(
            `annotations.${CLASS_ANNOTATION}`,
            annotated,
            'must match `ingressClassName` when both are specified',
          ),
        ];
  },
};

function parameterErrors(parameters: Parameters): FieldError[] {
  const { scope, namespace } = parameters;
  const path = 'spec.parameters';
  const errors = referenceErrors(parameters, path);
  errors.push(...oneOf(`${path}.scope`, scope, ['Cluster', 'Namespace']));
  const field = `${path}.namespace`;
  if (scope === 'Namespace')
    errors.push(...requiredText(field, namespace, dnsLabelErrors, "`parameters.scope` is set to 'Namespace'"));
  if (scope === 'Cluster' && namespace !== undefined)
    errors.push(forbidden(field, "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

export const ingressClassRules: KindRules<IngressClass> = genericRules<IngressClass>({
  clusterScoped: true,
  generation: true,
  applyDefaults(object) {
    const parameters = object.spec?.parameters;
    return parameters === undefined
      ? object
      : withChanges(object, {
          spec: withChanges(object.spec ?? {}, { parameters: withDefaults(parameters, { scope: 'Cluster' }) }),
        });
  },
  validate: ({ spec }) => [
    ...((spec?.controller ?? '').length > 250 ? [tooLong('spec.controller', 250)] : []),
    ...validateDomainPath(spec?.controller, 'spec.controller'),
    ...(spec?.parameters === undefined ? [] : parameterErrors(spec.parameters)),
  ],
  validateUpdate: (next, old) => immutable('spec.controller', next.spec?.controller, old.spec?.controller),
});
