/** @source kubernetes pkg/registry/core/node/strategy.go, pkg/apis/core/validation/validation.go (ValidateNode, ValidateNodeUpdate) */
import { defaultResourceList } from '../defaults/pod-spec';
import { forbidden, type FieldError } from '../field-error';
import { metadataFields, statusOnly, withStatusOf, type KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { withChanges } from '../structural-sharing';
import type { Node } from '../types';
import { validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import { validateResourceQuantity } from '../validation/resources';
import { validateTaints } from '../validation/scheduling';

const validateSpec = (node: Node): FieldError[] => validateTaints(node.spec?.taints, 'metadata.taints');

export const nodeRules: KindRules<Node> = {
  applyDefaults(node) {
    const capacity = node.status?.capacity && defaultResourceList(node.status.capacity);
    const allocatable = node.status?.allocatable ? defaultResourceList(node.status.allocatable) : capacity;
    return withChanges(node, {
      spec: node.spec ?? {},
      status: withChanges(node.status ?? {}, {
        ...(capacity === undefined ? {} : { capacity }),
        ...(allocatable === undefined ? {} : { allocatable }),
      }),
    });
  },
  /** A node may be created with its status: the kubelet registers both at once. */
  prepareForCreate: (node) => node,
  prepareForUpdate: (next, old) => withStatusOf(next, old),
  prepareForStatusUpdate: statusOnly,
  validate(node) {
    const capacity = node.status?.capacity ?? {};
    return [
      ...validateObjectMeta(node, false, dnsSubdomainErrors),
      ...validateSpec(node),
      ...Object.entries(capacity).flatMap(([name, quantity]) =>
        validateResourceQuantity(name, quantity, `status.capacity[${name}]`),
      ),
    ];
  },
  validateUpdate(next, old) {
    const errors = [...validateMetaForUpdate(next, old, false, dnsSubdomainErrors), ...validateSpec(next)];
    if (old.spec.podCIDR && next.spec.podCIDR !== old.spec.podCIDR) {
      errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
    }
    if (old.spec.providerID && next.spec.providerID !== old.spec.providerID) {
      errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
    }
    return errors;
  },
  selectableFields: ['metadata.name', 'spec.unschedulable'],
  fields: (node) => ({ ...metadataFields(node), 'spec.unschedulable': String(node.spec?.unschedulable ?? false) }),
};
