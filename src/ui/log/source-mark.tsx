/** The sign of where a row comes from: told apart by shape. */
import { CircleDot, FileText, Keyboard, ShieldCheck, Vote, Zap, type LucideIcon } from 'lucide-react';
import type { LogSource } from '../state/view-slice';

const MARKS: Readonly<Record<LogSource, LucideIcon>> = {
  event: CircleDot,
  log: FileText,
  audit: ShieldCheck,
  raft: Vote,
  fault: Zap,
  input: Keyboard,
};

export function SourceMark({ source }: { source: LogSource }) {
  const Mark = MARKS[source];
  return <Mark className="source-mark" data-source={source} size={12} aria-hidden="true" />;
}
