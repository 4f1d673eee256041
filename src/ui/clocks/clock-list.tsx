/** The clocks that run in the cluster, the soonest first: what will happen if nobody does anything. */
import { memo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { SECOND } from '#engine/kernel/time';
import { CountdownRing } from '../chips/countdown-ring';
import { SubjectLink } from '../inspector/subject-link';
import { useUi } from '../state/store';
import { enClockList } from '../text/en-clock-list';
import { useText, useWords } from '../text/text';
import { zhClockList } from '../text/zh-clock-list';
import { clockGroups, type ClockGroup } from './clock-groups';
import '../theme/clocks.css';

const WORDS = { en: enClockList, zh: zhClockList };
const SHOWN = 4;

const Row = memo(function Row({ group: { first, others } }: { group: ClockGroup }) {
  const text = useText();
  const words = useWords(WORDS);
  const sentence = useUi((state) => text.countdown(first, state.mirror.now));
  return (
    <li className="clock-row">
      <span className="clock-ring">
        <CountdownRing countdown={first} around="figure" />
      </span>
      <span className="clock-words">
        <span className="clock-subject">
          <SubjectLink subject={first.subject} />
          {others > 0 ? <span className="quiet">{words.others(others)}</span> : null}
        </span>
        <span className="clock-sentence">{sentence}</span>
      </span>
    </li>
  );
});

export function ClockList() {
  const words = useWords(WORDS);
  const countdowns = useUi(useShallow((state) => [...state.mirror.countdowns.values()]));
  const second = useUi((state) => Math.floor(state.mirror.now / SECOND));
  const groups = clockGroups(countdowns, second * SECOND);
  if (groups.length === 0) return null;
  return (
    <>
      <h3 id="clocks-title">{words.title}</h3>
      <ul className="clocks" aria-labelledby="clocks-title">
        {groups.slice(0, SHOWN).map((group) => (
          <Row key={group.first.id} group={group} />
        ))}
      </ul>
      {groups.length > SHOWN ? <p className="quiet">{words.more(groups.length - SHOWN)}</p> : null}
    </>
  );
}
