/** What the inspector shows while nothing is selected: the cluster in figures, its workloads with their steppers, its services. */
import { memo, Suspense } from 'react';
import { lazy } from '../crash/lazy';
import { useShallow } from 'zustand/react/shallow';
import type { NodeRecord, PodRecord, WorkloadRecord } from '#engine/cluster/records';
import { hueClass } from '../chips/hue';
import { useSettled } from '../shell/use-settled';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { LegendList } from './legend-list';
import { ReplicaStepper } from './replica-stepper';
import { SubjectLink } from './subject-link';

const ClockList = lazy(
  () => import('../clocks/clock-list'),
  ({ ClockList }) => ClockList,
);

function readyNodes(nodes: ReadonlyMap<string, NodeRecord>): number {
  let count = 0;
  for (const { ready } of nodes.values()) if (ready === 'True') count++;
  return count;
}

function countPods(podsByNode: ReadonlyMap<string, readonly PodRecord[]>): number {
  let count = 0;
  for (const pods of podsByNode.values()) count += pods.length;
  return count;
}

const WorkloadRow = memo(function WorkloadRow({ workload }: { workload: WorkloadRecord }) {
  const text = useText();
  const app = `Deployment/${workload.namespace}/${workload.name}`;
  const hue = useUi((state) => state.mirror.hues.get(app));
  return (
    <li className="workload-row">
      <span className={`owner-swatch ${hueClass(app, hue)}`} aria-hidden="true" />
      <span className="workload-words">
        <SubjectLink subject={workload} />
        <span className="quiet">{text.workload.readyOf(workload.ready, workload.desired)}</span>
      </span>
      <ReplicaStepper deployment={workload} />
    </li>
  );
});

export function Overview() {
  const text = useText();
  const deployments = useUi(
    useShallow((state) =>
      [...state.mirror.workloads.values()]
        .filter((workload) => workload.kind === 'Deployment')
        .sort((a, b) => a.createdAt - b.createdAt),
    ),
  );
  const services = useUi(
    useShallow((state) => [...state.mirror.services.values()].sort((a, b) => a.createdAt - b.createdAt)),
  );
  const settled = useSettled();
  const clocks = useUi((state) => state.mirror.countdowns.size > 0);
  const nodes = useUi((state) => state.mirror.nodes.size);
  const ready = useUi((state) => readyNodes(state.mirror.nodes));
  const pods = useUi((state) => countPods(state.mirror.podsByNode));

  return (
    <>
      <header className="inspector-head">
        <p className="quiet">{text.overview.kind}</p>
        <h2>{text.overview.title}</h2>
        <p className="quiet">{text.overview.figures(ready, nodes, pods)}</p>
      </header>
      <div className="inspector-body" tabIndex={0} role="region" aria-label={text.overview.title}>
        <h3>{text.overview.deployments}</h3>
        {deployments.length === 0 ? (
          <p className="quiet">{text.overview.noDeployments}</p>
        ) : (
          <ul className="workloads">
            {deployments.map((workload) => (
              <WorkloadRow key={workload.uid} workload={workload} />
            ))}
          </ul>
        )}
        {clocks && settled ? (
          <Suspense fallback={null}>
            <ClockList />
          </Suspense>
        ) : null}
        <h3>{text.overview.services}</h3>
        {services.length === 0 ? (
          <p className="quiet">{text.overview.noServices}</p>
        ) : (
          <ul className="services">
            {services.map((service) => (
              <li key={service.uid}>
                <SubjectLink subject={service} />
                <span className="quiet">{text.service.line(service)}</span>
              </li>
            ))}
          </ul>
        )}
        <h3>{text.overview.legend}</h3>
        <LegendList />
        <p className="quiet hint">{text.overview.hint}</p>
      </div>
    </>
  );
}
