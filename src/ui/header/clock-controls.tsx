/** How virtual time goes: pause, step, pace, skip; and what time it is. */
import { Pause, Play, SkipForward, StepForward } from 'lucide-react';
import { useState } from 'react';
import type { Met, Pace } from '#host/worker/protocol';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';

/** Virtual over real time, as the buttons offer it. */
export const SPEEDS: readonly number[] = [0.1, 1, 10, 60, 100];

const ICON = { size: 15, strokeWidth: 2.2, 'aria-hidden': true } as const;

const speedOf = (pace: Pace | undefined): number | 'max' | null =>
  pace?.type === 'speed' ? pace.factor : pace?.type === 'max' ? 'max' : null;

export function ClockControls() {
  const text = useText();
  const store = useUiStore();
  const { link } = useCommands();
  const pace = useUi((state) => state.host?.pace);
  const [skipping, setSkipping] = useState(false);
  const paused = pace?.type === 'paused';
  const speed = speedOf(pace);
  const next = useUi((state) => (paused ? speedOf(state.paceBeforePause) : null));

  const togglePause = (): void => {
    link.setPace(paused ? store.getState().paceBeforePause : { type: 'paused' });
  };

  const report = (error: unknown): void =>
    store.getState().notify({
      tone: 'problem',
      text: error instanceof Error ? error.message : String(error),
      action: null,
    });

  const tell = (met: Met | null): void => {
    if (met !== null) store.getState().notify({ tone: 'info', text: met.text, action: null });
  };

  const skip = async (): Promise<void> => {
    setSkipping(true);
    try {
      const met = await link.skip();
      tell(met);
      if (met.subject) store.getState().select(met.subject);
    } catch (error) {
      report(error);
    } finally {
      setSkipping(false);
    }
  };

  return (
    <div className="clock" role="group" aria-label={text.clock.name}>
      <div className="segments">
        <button
          type="button"
          aria-label={paused ? text.clock.resume : text.clock.pause}
          title={paused ? text.clock.resume : text.clock.pause}
          aria-pressed={paused}
          data-shortcut="pause"
          onClick={togglePause}
        >
          {paused ? <Play {...ICON} /> : <Pause {...ICON} />}
        </button>
        <button
          type="button"
          title={text.clock.stepHint}
          onClick={(event) => void link.step(event.shiftKey ? 'event' : 'write').then(tell, report)}
        >
          <StepForward {...ICON} />
          {text.clock.step}
        </button>
        {SPEEDS.map((factor) => (
          <button
            key={factor}
            type="button"
            aria-pressed={speed === factor}
            data-next={next === factor}
            aria-label={text.clock.speedLabel(factor)}
            onClick={() => link.setPace({ type: 'speed', factor })}
          >
            {text.clock.speed(factor)}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={speed === 'max'}
          data-next={next === 'max'}
          title={text.clock.maxHint}
          onClick={() => link.setPace({ type: 'max' })}
        >
          {text.clock.max}
        </button>
        <button type="button" disabled={skipping} title={text.clock.skipHint} onClick={() => void skip()}>
          {text.clock.skip}
          <SkipForward {...ICON} />
        </button>
      </div>
      <VirtualTime />
    </div>
  );
}

function VirtualTime() {
  const text = useText();
  const time = useUi((state) => formatVirtualTime(state.mirror.now));
  const paused = useUi((state) => state.host?.pace.type === 'paused');
  return (
    <span
      className="virtual-time"
      data-testid="virtual-time"
      data-paused={paused}
      role="timer"
      title={text.clock.virtualTime}
    >
      {time}
    </span>
  );
}
