/** A pod in facts: what the API says, and whether its machine really runs it. */
import type { PodRecord } from '#engine/cluster/records';
import { countdownsOf, subjectKey } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { ContainerList } from './container-list';
import { Facts } from './facts';
import { Labels } from './labels';
import { RemoveButton } from './remove-button';
import { SubjectLink } from './subject-link';

export function PodSummary({ pod, age }: { pod: PodRecord; age: string }) {
  const text = useText();
  const clocks = useUi((state) =>
    countdownsOf(state.mirror, subjectKey(pod))
      .map((countdown) => text.countdown(countdown, state.mirror.now))
      .join('\n'),
  );
  const truth = useUi((state) => {
    if (pod.node === null) return null;
    const sandbox = state.mirror.machines.get(pod.node)?.sandboxes.find((candidate) => candidate.podUid === pod.uid);
    return sandbox ? text.pod.reallyRuns(sandbox.running, sandbox.containers) : text.pod.reallyNot;
  });
  return (
    <>
      {pod.message ? <p className="callout">{pod.message}</p> : null}
      {clocks === '' ? null : <p className="callout callout-clock">{clocks}</p>}
      <Facts
        rows={[
          [text.pod.status, pod.status],
          [text.pod.truth, truth],
          [text.pod.ready, text.workload.readyOf(pod.readyContainers, pod.containers)],
          [text.pod.restarts, pod.restarts],
          [text.pod.ip, pod.ip],
          [text.pod.images, pod.images.join(', ')],
          [text.inspector.age, age],
        ]}
      />
      <dl className="facts">
        {pod.node === null ? null : (
          <div>
            <dt>{text.pod.node}</dt>
            <dd>
              <SubjectLink subject={{ kind: 'Machine', namespace: '', name: pod.node }} />
            </dd>
          </div>
        )}
        {pod.owner ? (
          <div>
            <dt>{text.inspector.owner}</dt>
            <dd>
              <SubjectLink subject={{ kind: pod.owner.kind, namespace: pod.namespace, name: pod.owner.name }}>
                {text.inspector.ownerName(pod.owner.kind, pod.owner.name)}
              </SubjectLink>
            </dd>
          </div>
        ) : null}
      </dl>
      <ContainerList pod={pod} />
      <Labels labels={pod.labels} />
      <RemoveButton subject={pod} />
    </>
  );
}
