/** @source kubernetes pkg/apis/core/validation/validation.go (ValidateEndpoints), pkg/apis/core/v1/defaults.go (SetDefaults_Endpoints) */
import { required, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, portNumberErrors } from '../names';
import { mapShared, withChanges, withDefaults } from '../structural-sharing';
import type { Endpoints } from '../types';
import { eachOf, oneOf } from '../validation/field-rules';
import { invalidAll } from '../validation/object-meta';
import { validateExternalIp } from '../validation/service';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

const addressErrors = ({ ip, hostname, nodeName }: Address, field: string): FieldError[] => [
  ...validateExternalIp(ip ?? '', `${field}.ip`),
  ...(hostname ? invalidAll(`${field}.hostname`, hostname, dnsLabelErrors(hostname)) : []),
  ...(nodeName === undefined ? [] : invalidAll(`${field}.nodeName`, nodeName, dnsSubdomainErrors(nodeName))),
];

const subsetErrors = ({ addresses, notReadyAddresses, ports }: Subset, field: string): FieldError[] => [
  ...(addresses?.length || notReadyAddresses?.length
    ? []
    : [required(field, 'must specify `addresses` or `notReadyAddresses`')]),
  ...eachOf(addresses, `${field}.addresses`, addressErrors),
  ...eachOf(notReadyAddresses, `${field}.notReadyAddresses`, addressErrors),
  ...eachOf(ports, `${field}.ports`, ({ name, port, protocol, appProtocol }, path) => [
    ...(name ? invalidAll(`${path}.name`, name, dnsLabelErrors(name)) : []),
    ...(!name && (ports ?? []).length > 1 ? [required(`${path}.name`)] : []),
    ...invalidAll(`${path}.port`, port ?? 0, portNumberErrors(port)),
    ...oneOf(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol === undefined ? [] : invalidAll(`${path}.appProtocol`, appProtocol, labelKeyErrors(appProtocol))),
  ]),
];

export const endpointsRules: KindRules<Endpoints> = genericRules<Endpoints>({
  applyDefaults: (endpoints) =>
    endpoints.subsets === undefined
      ? endpoints
      : withChanges(endpoints, {
          subsets: mapShared(endpoints.subsets, (subset) =>
            subset.ports === undefined
              ? subset
              : withChanges(subset, {
                  ports: mapShared(subset.ports, (port) => withDefaults(port, { protocol: 'TCP' })),
                }),
          ),
        }),
  validate: ({ subsets }) => eachOf(subsets, 'subsets', subsetErrors),
});
