/** @source kubernetes pkg/registry/core/event/strategy.go, pkg/apis/core/validation/events.go (the rules of events without eventTime) */
import { invalid, type FieldError } from '../field-error';
import { metadataFields, unprepared, type KindRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { withDefaults } from '../structural-sharing';
import type { Event } from '../types';
import { validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';

/** Namespace of events about cluster-scoped objects. */
const DEFAULT_NAMESPACE = 'default';
const NO_REFERENCE = {} as Event['involvedObject'];

function validateInvolved(event: Event): FieldError[] {
  const { namespace } = event.metadata;
  const involved = event.involvedObject?.namespace ?? '';
  const detail = 'does not match event.namespace';
  if (involved === '') {
    return namespace === undefined || namespace === DEFAULT_NAMESPACE || namespace === 'kube-system'
      ? []
      : [invalid('involvedObject.namespace', involved, detail)];
  }
  return involved === namespace ? [] : [invalid('involvedObject.namespace', involved, detail)];
}

export const eventRules: KindRules<Event> = {
  ...unprepared,
  applyDefaults: (event) => withDefaults(event, { involvedObject: NO_REFERENCE }),
  validate: (event) => [...validateObjectMeta(event, true, dnsSubdomainErrors), ...validateInvolved(event)],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...validateInvolved(next),
  ],
  selectableFields: [
    'metadata.name',
    'metadata.namespace',
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  fields(event) {
    const involved = event.involvedObject ?? NO_REFERENCE;
    return {
      ...metadataFields(event),
      'involvedObject.kind': involved.kind ?? '',
      'involvedObject.namespace': involved.namespace ?? '',
      'involvedObject.name': involved.name ?? '',
      'involvedObject.uid': involved.uid ?? '',
      'involvedObject.apiVersion': involved.apiVersion ?? '',
      'involvedObject.resourceVersion': involved.resourceVersion ?? '',
      'involvedObject.fieldPath': involved.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: event.source?.component || event.reportingComponent || '',
      type: event.type ?? '',
    };
  },
};
