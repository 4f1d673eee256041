/** A name that selects what it names. */
import type { ReactNode } from 'react';
import type { Subject } from '#engine/cluster/records';
import { useUiStore } from '../state/store';

export function SubjectLink({ subject, children }: { subject: Subject; children?: ReactNode }) {
  const store = useUiStore();
  return (
    <button type="button" className="subject-link" onClick={() => store.getState().select(subject)}>
      {children ?? subject.name}
    </button>
  );
}
