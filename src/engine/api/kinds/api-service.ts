/**
 * Who answers for a group's version. Those that the API server serves itself are not stored (`apiserver/api-services.ts`).
 *
 * @source kubernetes staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/{v1/defaults,validation/validation}.go,
 *   pkg/registry/apiservice/strategy.go
 */
import { invalid, required } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { dnsLabelErrors, dnsSubdomainErrors } from '../names';
import type { APIService } from '../types';
import { invalidAll } from '../validation/object-meta';

const PORT = 443;
const MOST = { group: 20_000, version: 1000 };

export const apiServiceRules: KindRules<APIService> = genericRules<APIService>({
  clusterScoped: true,
  status: {},
  applyDefaults(object) {
    const { spec } = object;
    if (spec?.service === undefined || spec.service.port !== undefined) return object;
    return { ...object, spec: { ...spec, service: { ...spec.service, port: PORT } } };
  },
  validate({ metadata, spec }) {
    const { group = '', version = '', service, groupPriorityMinimum = 0, versionPriority = 0 } = spec ?? {};
    const name = `${version}.${group}`;
    const errors =
      metadata.name === name
        ? []
        : [invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`)];
    errors.push(...invalidAll('spec.group', group, group === '' ? [] : dnsSubdomainErrors(group)));
    errors.push(...invalidAll('spec.version', version, dnsLabelErrors(version)));
    if (!(groupPriorityMinimum > 0 && groupPriorityMinimum <= MOST.group))
      errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000'));
    if (!(versionPriority > 0 && versionPriority <= MOST.version))
      errors.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
    if (service === undefined) {
      if (spec?.insecureSkipTLSVerify === true)
        errors.push(
          invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'),
        );
      return errors;
    }
    if ((service.namespace ?? '') === '') errors.push(required('spec.service.namespace'));
    if ((service.name ?? '') === '') errors.push(required('spec.service.name'));
    const { port = PORT } = service;
    if (port < 1 || port > 65_535)
      errors.push(invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive'));
    if (spec?.insecureSkipTLSVerify === true && (spec.caBundle ?? '') !== '')
      errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
    return errors;
  },
});
