/** The selected thing in a few facts, with what can be done to it. */
import { Suspense } from 'react';
import { lazy } from '../crash/lazy';
import type { Subject } from '#engine/cluster/records';
import { findObject } from '../state/mirror';
import { useUi } from '../state/store';
import { formatAge } from '../text/virtual-time';
import { useText } from '../text/text';
import { Facts } from './facts';
import { MachineSummary } from './machine-summary';
import { PodSummary } from './pod-summary';
import { ProcessSummary } from './process-summary';
import { RemoveButton } from './remove-button';
import { WorkloadSummary } from './workload-summary';

const OtherSummary = lazy(
  () => import('./other-summary'),
  ({ OtherSummary }) => OtherSummary,
);

export function Summary({ selection }: { selection: Subject }) {
  const text = useText();
  const record = useUi((state) => findObject(state.mirror, selection));
  const age = useUi((state) => (record ? formatAge(state.mirror.now - record.createdAt) : ''));

  if (selection.kind === 'Machine') return <MachineSummary name={selection.name} />;
  if (selection.kind === 'Process') return <ProcessSummary id={selection.name} />;
  if (!record)
    return (
      <Suspense>
        <OtherSummary selection={selection} />
      </Suspense>
    );
  switch (record.kind) {
    case 'Pod':
      return <PodSummary pod={record} age={age} />;
    case 'Deployment':
    case 'ReplicaSet':
      return <WorkloadSummary workload={record} age={age} />;
    case 'Service':
      return (
        <>
          <Facts
            rows={[
              [text.service.type, record.type],
              [text.service.clusterIP, record.clusterIP],
              [text.service.ports, record.ports.join(', ')],
              [text.service.endpoints, text.workload.readyOf(record.readyEndpoints, record.endpoints)],
              [text.inspector.age, age],
            ]}
          />
          <RemoveButton subject={record} />
        </>
      );
    default:
      return <Facts rows={[[text.inspector.age, age]]} />;
  }
}
