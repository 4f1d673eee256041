/** The stage: the whole cluster as one picture that can be touched, by machine, by workload or by service. */
import { Suspense, useRef } from 'react';
import { lazy } from '../crash/lazy';
import { PanelBoundary } from '../crash/panel-boundary';
import { useSettled } from '../shell/use-settled';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { BootProgress } from './boot-progress';
import { MachineStage } from './machine-stage';
import { StageTip } from './stage-tip';
import { usePicking } from './use-picking';
import { usePodHands } from './use-pod-hands';
import { isSmall, useSize } from './use-stage-fit';

const ObjectStage = lazy(
  () => import('../objects/object-stage'),
  ({ ObjectStage }) => ObjectStage,
);

const PickBar = lazy(
  () => import('../picks/pick-bar'),
  ({ PickBar }) => PickBar,
);

const StageTools = lazy(
  () => import('../objects/stage-tools'),
  ({ StageTools }) => StageTools,
);

export function Stage() {
  const text = useText();
  const frame = useRef<HTMLElement>(null);
  usePodHands(frame);
  usePicking(frame);
  const size = useSize(frame);
  const arrangement = useUi((state) => state.arrangement);
  const picks = useUi((state) => state.picked.length > 0);
  const settled = useSettled();
  return (
    <section ref={frame} className="stage" data-small={isSmall(size)} aria-label={text.stage.name}>
      <h2 className="visually-hidden">{text.stage.name}</h2>
      {arrangement === 'machine' ? (
        <MachineStage size={size} />
      ) : (
        <PanelBoundary name={text.stage.name}>
          <Suspense fallback={null}>
            <ObjectStage by={arrangement} size={size} />
          </Suspense>
        </PanelBoundary>
      )}
      {settled ? (
        <PanelBoundary name={text.stage.name}>
          <Suspense fallback={null}>
            <StageTools />
          </Suspense>
        </PanelBoundary>
      ) : null}
      {picks ? (
        <Suspense fallback={null}>
          <PickBar />
        </Suspense>
      ) : null}
      <BootProgress />
      <StageTip stage={frame} />
    </section>
  );
}
