/** An etcd member in its group: the end of its log, and what it knows of the others. */
import { memo } from 'react';
import type { RaftRecord } from '#engine/cluster/records';
import { compareNames } from '../state/compare-names';
import type { Mirror } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';

const CELLS = 13;
const CELL = 8;
const STEP = 10;

/** The machine that a process runs on. */
export const machineOf = (process: string): string => process.slice(0, process.indexOf('/'));

/** The number at the end of a machine's name, else the name: where there is no room for more. */
const shortly = (machine: string): string => /\d+$/.exec(machine)?.[0] ?? machine;

const ends = new WeakMap<Mirror['machines'], number>();

/** The last index that any member has: where all their logs are drawn to. */
function endOfLogs({ machines }: Mirror): number {
  let end = ends.get(machines);
  if (end === undefined) {
    end = 0;
    for (const { role, processes } of machines.values()) {
      if (role === 'control-plane') for (const { raft } of processes) end = Math.max(end, raft?.lastIndex ?? 0);
    }
    ends.set(machines, end);
  }
  return end;
}

export const isCandidate = ({ role }: RaftRecord): boolean => role === 'candidate' || role === 'pre-candidate';

function cellState(index: number, { lastIndex, commitIndex, appliedIndex }: RaftRecord): string {
  if (index > lastIndex) return 'missing';
  if (index > commitIndex) return 'proposed';
  return index > appliedIndex ? 'committed' : 'applied';
}

/** The last entries, a cell each, in the same place for all members of the group. */
export const LogTail = memo(function LogTail({ raft }: { raft: RaftRecord }) {
  const text = useText();
  const end = useUi((state) => endOfLogs(state.mirror));
  const from = Math.max(1, end - CELLS + 1);
  return (
    <svg
      className="log-tail"
      viewBox={`0 0 ${CELLS * STEP - 2} ${CELL}`}
      role="img"
      aria-label={text.parts.logTail(raft)}
    >
      {Array.from({ length: CELLS }, (_, place) => (
        <rect
          key={place}
          x={place * STEP + 0.5}
          y={0.5}
          width={CELL - 1}
          height={CELL - 1}
          rx={2}
          data-entry={cellState(from + place, raft)}
        />
      ))}
    </svg>
  );
});

interface PipProps {
  readonly member: string;
  /** `yes`: has all, or voted for it; `part`: behind; `no`: silent, or voted against it; `open`: not known yet. */
  readonly state: 'yes' | 'part' | 'no' | 'open';
  readonly words: string;
  /** Appends under way. */
  readonly inFlight: number;
}

const Pip = ({ member, state, words, inFlight }: PipProps) => (
  <span className="pip" data-state={state} role="img" aria-label={words} title={words}>
    <span className="pip-mark" aria-hidden="true" />
    {shortly(member)}
    {inFlight > 0 ? <b> +{inFlight}</b> : null}
  </span>
);

/** As their machines are counted. */
const inOrder = <T,>(list: readonly T[], processOf: (item: T) => string): readonly T[] =>
  [...list].sort((a, b) => compareNames(machineOf(processOf(a)), machineOf(processOf(b))));

/** Of a leader its followers, of a candidate its votes, of everybody else whom it follows. */
export const Peers = memo(function Peers({ raft }: { raft: RaftRecord }) {
  const text = useText();
  const { role, leader, lastIndex, voters, votes, progress } = raft;
  if (role === 'leader') {
    return (
      <p className="part-line pips">
        {inOrder(progress, ({ member }) => member).map((peer) => (
          <Pip
            key={peer.member}
            member={machineOf(peer.member)}
            state={peer.active ? (peer.matchIndex >= lastIndex ? 'yes' : 'part') : 'no'}
            words={text.parts.progress(peer, machineOf(peer.member))}
            inFlight={peer.inFlight}
          />
        ))}
      </p>
    );
  }
  if (isCandidate(raft)) {
    const answers = new Map(votes.map(({ member, granted }) => [member, granted]));
    return (
      <p className="part-line pips votes">
        {text.parts.votes(votes.filter(({ granted }) => granted).length, voters.length)}
        {inOrder(voters, (voter) => voter).map((voter) => {
          const granted = answers.get(voter);
          const member = machineOf(voter);
          const state = granted === undefined ? 'open' : granted ? 'yes' : 'no';
          const words = text.parts.vote(member, granted);
          return <Pip key={voter} member={member} state={state} words={words} inFlight={0} />;
        })}
      </p>
    );
  }
  return (
    <p className="part-line" data-alone={leader === null}>
      {leader === null ? text.parts.noLeader : text.parts.follows(machineOf(leader))}
    </p>
  );
});
