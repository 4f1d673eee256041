/** Places that an answer points to, as the editor's diagnostics. Pure. */
import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { Answer } from '#engine/cluster/door';

/** Marks from the place to the end of its line; places outside the text are moved to its nearest line. */
export function diagnosticsFor(doc: Text, positions: Answer['positions']): readonly Diagnostic[] {
  return (positions ?? []).map(({ line, column, message }) => {
    const place = doc.line(Math.min(doc.lines, Math.max(1, Math.floor(line))));
    const from = Math.min(place.to, place.from + Math.max(0, Math.floor(column) - 1));
    return { from, to: Math.max(from, place.to), severity: 'error' as const, message };
  });
}
