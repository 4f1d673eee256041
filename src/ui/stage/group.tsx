/** What several control planes have together: the lane in which their etcd members talk, and how the group stands, in words. */
import { ViewportPortal } from '@xyflow/react';
import { Scissors, X } from 'lucide-react';
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCommands } from '../state/commands';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import type { GroupLane, LaneGap } from './group-lane';
import { quorumOf } from './quorum';

const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

const Stub = memo(function Stub({ machine, path }: GroupLane['stubs'][number]) {
  const condition = useUi((state) => {
    const record = state.mirror.machines.get(machine);
    if (!record || record.power === 'off') return 'dead';
    return record.cable.in && record.cable.out ? 'live' : 'cut';
  });
  return <path d={path} className="wire" data-condition={condition} />;
});

/** The cut at a place of the lane, if there is one. */
function useCut({ before, behind }: LaneGap): string | null {
  return useUi(
    ({ mirror }) =>
      mirror.faults.find(
        ({ fault }) => fault.type === 'partition' && same(fault.from, before) && same(fault.to, behind),
      )?.id ?? null,
  );
}

const Segment = memo(function Segment({ gap }: { gap: LaneGap }) {
  return <path d={gap.path} className="wire" data-condition={useCut(gap) === null ? 'live' : 'cut'} />;
});

const CutButton = memo(function CutButton({ gap }: { gap: LaneGap }) {
  const text = useText();
  const commands = useCommands();
  const cut = useCut(gap);
  const [last, first] = [gap.before.at(-1) ?? '', gap.behind[0] ?? ''];
  const words = cut === null ? text.group.cut(last, first) : text.group.mend(last, first);
  const Icon = cut === null ? Scissors : X;
  return (
    <button
      type="button"
      className="lane-cut nopan nodrag"
      data-cut={cut !== null}
      aria-label={words}
      title={words}
      style={{ left: gap.x, top: gap.y }}
      onClick={() => (cut === null ? commands.part(gap.before, gap.behind) : commands.heal([cut]))}
    >
      <Icon size={13} strokeWidth={cut === null ? 1.8 : 2.6} aria-hidden="true" />
    </button>
  );
});

export const GroupLaneLines = memo(function GroupLaneLines({ lane }: { lane: GroupLane }) {
  return (
    <ViewportPortal>
      <svg className="wiring" aria-hidden="true">
        {lane.gaps.map((gap) => (
          <Segment key={gap.path} gap={gap} />
        ))}
        {lane.stubs.map(({ machine, path }) => (
          <Stub key={machine} machine={machine} path={path} />
        ))}
      </svg>
      {lane.gaps.map((gap) => (
        <CutButton key={gap.path} gap={gap} />
      ))}
    </ViewportPortal>
  );
});

/** In plain words: who leads, how many may be lost; when nothing can be written why, and what helps. */
export const QuorumBar = memo(function QuorumBar() {
  const text = useText();
  const commands = useCommands();
  const quorum = useUi(useShallow(({ mirror }) => (mirror.booted ? quorumOf(mirror) : null)));
  const cuts = useUi(
    useShallow(({ mirror }) =>
      mirror.faults.flatMap(({ id, fault }) =>
        fault.type === 'partition' ||
        (fault.type === 'cut-cable' && mirror.machines.get(fault.machine)?.role === 'control-plane')
          ? [id]
          : [],
      ),
    ),
  );
  if (!quorum) return null;
  const { state, members, alive, needed, leader, term, off } = quorum;
  const isWell = state === 'led' || state === 'electing';
  return (
    <div className="quorum" role={isWell ? 'status' : 'alert'} data-state={state} aria-label={text.group.name}>
      <strong>{text.group.name}</strong>
      {isWell ? (
        <>
          <span key={term} className="quorum-term">
            {state === 'led' ? text.group.led(leader, term) : text.group.electing(term)}
          </span>
          <span className="quorum-spare" data-thin={alive === needed}>
            {text.group.members(alive, members)} · {text.group.spare(alive - needed)}
          </span>
          <span className="quorum-legend" aria-hidden="true">
            <i data-mark="append" /> {text.group.append} <i data-mark="vote" /> {text.group.vote}
          </span>
        </>
      ) : (
        <>
          <span>
            {state === 'lost' ? text.group.lost(members - alive, members) : text.group.parted(needed, members)}{' '}
            {state === 'parted' ? '' : off === '' ? text.group.wait : text.group.powerOn(needed - alive)}
          </span>
          {state === 'lost' && off !== '' ? (
            <button
              type="button"
              className="toggle-pill"
              aria-label={text.machine.powerOnNamed(off)}
              title={text.machine.powerOnNamed(off)}
              onClick={() => commands.powerOn(off)}
            >
              {text.machine.powerOn}
            </button>
          ) : null}
          {state === 'parted' ? (
            <button type="button" className="toggle-pill" onClick={() => commands.heal(cuts)}>
              {text.group.healCut}
            </button>
          ) : null}
        </>
      )}
    </div>
  );
});
