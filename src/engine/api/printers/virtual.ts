/** The columns of kinds of which nothing is stored. @source kubernetes pkg/printers/internalversion/printers.go, kube-aggregator/pkg/registry/apiservice/etcd/etcd.go */
import { conditionOf, type Condition } from '../meta';
import type { KubeObject } from '../types';
import { ageText, columns, type Printer } from './printer';

interface WithConditions extends KubeObject {
  readonly conditions?: readonly (Condition & { readonly error?: string })[];
  readonly spec?: {
    readonly replicas?: number;
    readonly service?: { readonly name?: string; readonly namespace?: string };
  };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly replicas?: number };
}

export const virtualPrinters: Readonly<Record<string, Printer<WithConditions>>> = {
  ComponentStatus: {
    columns: columns('Name,Status,Message,Error'),
    cells({ metadata, conditions }) {
      const healthy = conditionOf(conditions, 'Healthy');
      const word = healthy?.status === 'True' ? 'Healthy' : healthy?.status === 'False' ? 'Unhealthy' : 'Unknown';
      return [metadata.name, word, healthy?.message ?? '', healthy?.error ?? ''];
    },
  },
  Scale: {
    columns: columns('Name,Desired:integer,Available:integer,Age'),
    cells: ({ metadata, spec, status }, now) => [
      metadata.name,
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      ageText(metadata, now),
    ],
  },
  APIService: {
    columns: columns('Name,Service,Available,Age'),
    cells(service, now) {
      const available = conditionOf(service.status?.conditions, 'Available');
      const { name, namespace } = service.spec?.service ?? {};
      const by = name === undefined ? 'Local' : `${namespace}/${name}`;
      const word = available?.status ?? 'Unknown';
      const status = word === 'True' ? word : `${word} (${available?.reason ?? ''})`;
      return [service.metadata.name, by, available === undefined ? 'Unknown' : status, ageText(service.metadata, now)];
    },
  },
};
