/** Which rows the log shows. Pure. */
import type { LogFilter } from '../state/view-slice';
import type { LogRow } from './log-row';

/** A question to be asked of each row. */
export function passes(filter: LogFilter): (row: LogRow) => boolean {
  const { warningsOnly, namespace, kind } = filter;
  const sources = new Set(filter.sources);
  const text = filter.text.trim().toLowerCase();
  return (row) =>
    sources.has(row.source) &&
    (!warningsOnly || row.severity !== 'normal') &&
    (namespace === '' || row.namespace === namespace) &&
    (kind === '' || row.subject?.kind === kind) &&
    (text === '' ||
      row.message.toLowerCase().includes(text) ||
      row.reason.toLowerCase().includes(text) ||
      row.object.toLowerCase().includes(text) ||
      row.from.toLowerCase().includes(text));
}
