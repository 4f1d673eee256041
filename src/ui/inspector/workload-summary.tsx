/** A Deployment or ReplicaSet in facts, with its stepper and its pods. */
import { useShallow } from 'zustand/react/shallow';
import type { PodRecord, WorkloadRecord } from '#engine/cluster/records';
import type { Mirror } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { Conditions } from './conditions';
import { Facts } from './facts';
import { Labels } from './labels';
import { PodList } from './pod-list';
import { CommandButton } from '../shell/command-button';
import { kubectl } from '../state/kubectl-command';
import { RemoveButton } from './remove-button';
import { ReplicaStepper } from './replica-stepper';
import { SubjectLink } from './subject-link';

const podsOfWorkload = (mirror: Mirror, { kind, namespace, name, uid }: WorkloadRecord): readonly PodRecord[] => {
  const app = `${kind}/${namespace}/${name}`;
  return [...mirror.podsByNode.values()].flatMap((pods) =>
    pods.filter((pod) => pod.app === app || pod.owner?.uid === uid),
  );
};

export function WorkloadSummary({ workload, age }: { workload: WorkloadRecord; age: string }) {
  const text = useText();
  const pods = useUi(useShallow((state) => podsOfWorkload(state.mirror, workload)));
  return (
    <>
      {workload.kind === 'Deployment' ? (
        <p className="scale-line">
          {text.workload.replicas}
          <ReplicaStepper deployment={workload} />
          <CommandButton command={() => kubectl.scale(workload, workload.desired)} />
        </p>
      ) : null}
      <Facts
        rows={[
          [text.workload.desired, workload.desired],
          [text.workload.current, workload.current],
          [text.workload.updated, workload.kind === 'Deployment' ? workload.updated : null],
          [text.workload.ready, workload.ready],
          [text.workload.available, workload.available],
          [text.workload.revision, workload.revision],
          [text.pod.images, workload.images.join(', ')],
          [text.inspector.age, age],
        ]}
      />
      {workload.owner ? (
        <dl className="facts">
          <div>
            <dt>{text.inspector.owner}</dt>
            <dd>
              <SubjectLink
                subject={{ kind: workload.owner.kind, namespace: workload.namespace, name: workload.owner.name }}
              >
                {text.inspector.ownerName(workload.owner.kind, workload.owner.name)}
              </SubjectLink>
            </dd>
          </div>
        </dl>
      ) : null}
      <Conditions conditions={workload.conditions} />
      <h3>{text.workload.pods}</h3>
      <PodList pods={pods} />
      <Labels labels={workload.labels} />
      <RemoveButton subject={workload} />
    </>
  );
}
