/** Tables of the server as rows of text. @source kubernetes cli-runtime/pkg/printers/tableprinter.go */

export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[] | null;
  readonly rows: readonly TableRow[] | null;
  readonly metadata?: { readonly resourceVersion?: string };
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: {
    readonly metadata?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
  };
}

export interface TableOptions {
  readonly wide: boolean;
  readonly namespaces: boolean;
  /** Labels that have a column. */
  readonly labels: readonly string[];
  readonly showLabels: boolean;
  readonly kinds: boolean;
  /** Stands in front of names; empty: nothing does. */
  readonly kind?: string;
}

export const TABLE_ACCEPT = `application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`;

export function columnsOf({ columnDefinitions }: Table, options: TableOptions): string[] {
  const own = (columnDefinitions ?? []).filter(({ priority }) => priority === 0 || options.wide);
  return [
    ...(options.namespaces ? ['NAMESPACE'] : []),
    ...own.map(({ name }) => name.toUpperCase()),
    ...options.labels.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
    ...(options.showLabels ? ['LABELS'] : []),
  ];
}

export function tableRows({ columnDefinitions, rows }: Table, options: TableOptions): string[][] {
  const columns = columnDefinitions ?? [];
  const nameAt = columns.findIndex(({ name }) => name === 'Name');
  return (rows ?? []).map(({ cells, object }) => {
    const { labels = {}, namespace = '' } = object?.metadata ?? {};
    const own = columns.flatMap(({ priority }, index) => {
      if (priority !== 0 && !options.wide) return [];
      const text = cellText(cells[index]);
      return [index === nameAt && options.kind ? `${options.kind}/${text}` : text];
    });
    const sorted = Object.keys(labels).sort((a, b) => (a < b ? -1 : 1));
    return [
      ...(options.namespaces ? [namespace] : []),
      ...own,
      ...options.labels.map((label) => labels[label] ?? ''),
      ...(options.showLabels
        ? [sorted.length === 0 ? '<none>' : sorted.map((key) => `${key}=${labels[key]}`).join(',')]
        : []),
    ];
  });
}

/** Longer ones end at their first line. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return JSON.stringify(cell);
  const end = cell.search(/[\f\n\r]/);
  const text = end < 0 ? cell : `${cell.slice(0, end)}...`;
  return text.replaceAll('\u001b', '^[');
}
