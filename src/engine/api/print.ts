/**
 * Objects as the rows of a Table, the way the API server answers `kubectl get`: always all columns, those of priority 1
 * being for `-o wide`. The columns of each kind are in `printers/`.
 * @source kubernetes pkg/printers/internalversion/{tablegenerator,printers}.go
 */
import { accessPrinters } from './printers/access';
import { autoscalingPrinters } from './printers/autoscaling';
import { corePrinters } from './printers/core';
import { networkPrinters } from './printers/network';
import { policyPrinters } from './printers/policy';
import { columns, type KindTable, type Printer, type TableRow } from './printers/printer';
import { storagePrinters } from './printers/storage';
import { virtualPrinters } from './printers/virtual';
import { workloadPrinters } from './printers/workloads';
import type { Kinds, KubeObject } from './types';

const printers: ReadonlyMap<string, Printer<KubeObject>> = new Map(
  Object.entries({
    ...corePrinters,
    ...workloadPrinters,
    ...autoscalingPrinters,
    ...networkPrinters,
    ...storagePrinters,
    ...policyPrinters,
    ...accessPrinters,
    ...virtualPrinters,
  } as Readonly<Record<string, Printer<KubeObject>>>),
);

/** For kinds without columns of their own. @source kubernetes apiserver/pkg/registry/rest/table.go */
const DEFAULT_PRINTER: Printer<KubeObject> = {
  columns: columns('Name,Created At:date'),
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};

const FINISHED = {
  Succeeded: [
    { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  ],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
} as const;

function rowConditions(kind: string, object: KubeObject): Pick<TableRow, 'conditions'> {
  if (kind !== 'Pod') return {};
  const { phase } = (object as Kinds['Pod']).status ?? {};
  return phase === 'Succeeded' || phase === 'Failed' ? { conditions: FINISHED[phase] } : {};
}

/**
 * Objects of one kind as columns and rows.
 *
 * @param now - virtual microseconds, for ages
 */
export function tableFor(kind: string, objects: readonly KubeObject[], now: number): KindTable {
  const printer = printers.get(kind) ?? DEFAULT_PRINTER;
  const ordered = printer.order === undefined ? objects : objects.toSorted((a, b) => printer.order!(a, b));
  return {
    columns: printer.columns,
    rows: ordered.map((object) => ({
      cells: printer.cells(object, now),
      ...rowConditions(kind, object),
      object,
    })),
  };
}
