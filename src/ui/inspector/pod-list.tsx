/** Pods as a list in words, each with its shape. */
import { memo } from 'react';
import type { PodRecord } from '#engine/cluster/records';
import { hueClass } from '../chips/hue';
import { podShape } from '../chips/pod-shape';
import { ShapeDrawing } from '../chips/shape-drawing';
import { useUi } from '../state/store';
import { isReal } from '../state/truth';
import { useText } from '../text/text';
import { SubjectLink } from './subject-link';

const SHOWN = 60;

const PodRow = memo(function PodRow({ pod }: { pod: PodRecord }) {
  const hue = useUi((state) => state.mirror.hues.get(pod.app));
  const real = useUi((state) => isReal(state.mirror, pod));
  return (
    <li>
      <span className={`list-shape ${hueClass(pod.app, hue)}`}>
        <ShapeDrawing shape={podShape(pod, real)} fill={0.4} />
      </span>
      <SubjectLink subject={pod} />
      <span className="quiet">{pod.status}</span>
    </li>
  );
});

export function PodList({ pods }: { pods: readonly PodRecord[] }) {
  const text = useText();
  if (pods.length === 0) return <p className="quiet">{text.pod.none}</p>;
  return (
    <ul className="pod-list">
      {pods.slice(0, SHOWN).map((pod) => (
        <PodRow key={pod.uid} pod={pod} />
      ))}
      {pods.length > SHOWN ? <li className="quiet">{text.parts.more(pods.length - SHOWN)}</li> : null}
    </ul>
  );
}
