/** The columns of kinds by which a cluster is governed. @source kubernetes pkg/printers/internalversion/printers.go */
import { goSelectorText } from '../go-selector';
import { byteOrder } from '../json';
import { canonicalQuantity } from '../quantity';
import type { Kinds, KubeObject } from '../types';
import { ageText, columns, NONE, type Printer, type Printers, UNSET } from './printer';

/** Resources of a quota as `name: used/hard`, those of limits or the others. */
function quotaText({ status }: Kinds['ResourceQuota'], limits: boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => name.startsWith('limits.') === limits)
    .sort(([a], [b]) => byteOrder(a, b))
    .map(([name, hard]) => `${name}: ${canonicalQuantity(status?.used?.[name] ?? '0')}/${canonicalQuantity(hard)}`)
    .join(', ');
}

function paramRefText({ spec }: Kinds['ValidatingAdmissionPolicyBinding']): string {
  const { name, namespace, selector } = spec?.paramRef ?? {};
  if (name) return `${namespace || '*'}/${name}`;
  return selector === undefined ? UNSET : goSelectorText(selector);
}

function claimState({ metadata, status }: Kinds['ResourceClaim']): string {
  const deleted = metadata.deletionTimestamp !== undefined;
  if (status?.allocation === undefined) return deleted ? 'deleted' : 'pending';
  return `${deleted ? 'deleted,' : ''}allocated${(status.reservedFor ?? []).length > 0 ? ',reserved' : ''}`;
}

const webhooks: Printer<KubeObject & { readonly webhooks?: readonly unknown[] }> = {
  columns: columns('Name,Webhooks:integer,Age'),
  cells: ({ metadata, webhooks: all = [] }, now) => [metadata.name, all.length, ageText(metadata, now)],
};
const nameAndAge: Printer<KubeObject> = {
  columns: columns('Name,Age'),
  cells: ({ metadata }, now) => [metadata.name, ageText(metadata, now)],
};

export const policyPrinters: Printers = {
  Lease: {
    columns: columns('Name,Holder,Age'),
    cells: (lease, now) => [lease.metadata.name, lease.spec?.holderIdentity ?? '', ageText(lease.metadata, now)],
  },
  PriorityClass: {
    columns: columns('Name,Value:integer,Global-Default:boolean,Age,PreemptionPolicy'),
    cells: (priorityClass, now) => [
      priorityClass.metadata.name,
      priorityClass.value,
      priorityClass.globalDefault ?? false,
      ageText(priorityClass.metadata, now),
      priorityClass.preemptionPolicy ?? '',
    ],
  },
  ResourceQuota: {
    columns: columns('Name,Request,Limit,Age'),
    cells: (quota, now) => [
      quota.metadata.name,
      quotaText(quota, false),
      quotaText(quota, true),
      ageText(quota.metadata, now),
    ],
  },
  RuntimeClass: {
    columns: columns('Name,Handler,Age'),
    cells: ({ metadata, handler }, now) => [metadata.name, handler, ageText(metadata, now)],
  },
  MutatingWebhookConfiguration: webhooks,
  ValidatingWebhookConfiguration: webhooks,
  ValidatingAdmissionPolicy: {
    columns: columns('Name,Validations:integer,ParamKind,Age'),
    cells({ metadata, spec }, now) {
      const param = spec?.paramKind;
      const kind = param === undefined ? UNSET : `${param.apiVersion ?? ''}/${param.kind ?? ''}`;
      return [metadata.name, (spec?.validations ?? []).length, kind, ageText(metadata, now)];
    },
  },
  ValidatingAdmissionPolicyBinding: {
    columns: columns('Name,PolicyName,ParamRef,Age'),
    cells: (binding, now) => [
      binding.metadata.name,
      binding.spec?.policyName ?? '',
      paramRefText(binding),
      ageText(binding.metadata, now),
    ],
  },
  FlowSchema: {
    columns: columns('Name,PriorityLevel,MatchingPrecedence,DistinguisherMethod,Age,MissingPL'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.priorityLevelConfiguration?.name ?? '',
      spec?.matchingPrecedence ?? 0,
      spec?.distinguisherMethod?.type ?? NONE,
      ageText(metadata, now),
      (status?.conditions ?? []).find(({ type }) => type === 'Dangling')?.status ?? '?',
    ],
    order: (a, b) =>
      (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
      byteOrder(a.metadata.name, b.metadata.name),
  },
  PriorityLevelConfiguration: {
    columns: columns('Name,Type,NominalConcurrencyShares,Queues,HandSize,QueueLengthLimit,Age'),
    cells({ metadata, spec }, now) {
      const limited = spec?.limited;
      const queuing = limited?.limitResponse?.queuing;
      return [
        metadata.name,
        spec?.type ?? '',
        limited === undefined ? NONE : (limited.nominalConcurrencyShares ?? 0),
        ...(queuing === undefined
          ? [NONE, NONE, NONE]
          : [queuing.queues ?? 0, queuing.handSize ?? 0, queuing.queueLengthLimit ?? 0]),
        ageText(metadata, now),
      ];
    },
  },
  DeviceClass: nameAndAge,
  ResourceClaimTemplate: nameAndAge,
  ResourceClaim: {
    columns: columns('Name,State,Age'),
    cells: (claim, now) => [claim.metadata.name, claimState(claim), ageText(claim.metadata, now)],
  },
  ResourceSlice: {
    columns: columns('Name,Node,Driver,Pool,Age'),
    cells: ({ metadata, spec }, now) => [
      metadata.name,
      spec?.nodeName ?? '',
      spec?.driver ?? '',
      spec?.pool?.name ?? '',
      ageText(metadata, now),
    ],
  },
};
