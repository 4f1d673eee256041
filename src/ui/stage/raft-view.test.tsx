import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RaftRecord } from '#engine/cluster/records';
import { createUiStore, UiStoreContext } from '../state/store';
import { frame, hostStatus, machine, process } from '../testing/builders';
import { en } from '../text/en';
import { TextContext } from '../text/text';
import { LogTail, Peers } from './raft-view';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const member = (number: number): string => `control-plane-${number}/etcd`;

const raft = (given: Partial<RaftRecord>): RaftRecord => ({
  role: 'follower',
  term: 4,
  leader: member(1),
  lastIndex: 20,
  persistedIndex: 20,
  commitIndex: 20,
  appliedIndex: 20,
  voters: [1, 2, 3].map(member),
  votes: [],
  progress: [],
  ...given,
});

let host: HTMLElement;
let root: Root;
const store = createUiStore();

beforeEach(() => {
  host = document.createElement('div');
  root = createRoot(host);
});

afterEach(async () => {
  await act(async () => root.unmount());
});

const show = (content: React.ReactNode): Promise<void> =>
  act(async () =>
    root.render(
      <UiStoreContext value={store}>
        <TextContext value={en}>{content}</TextContext>
      </UiStoreContext>,
    ),
  );

const pips = (): readonly (readonly [string | undefined, string | null])[] =>
  [...host.querySelectorAll<HTMLElement>('.pip')].map((pip) => [pip.dataset['state'], pip.getAttribute('aria-label')]);

describe('an etcd member in its group', () => {
  it('that leads tells how far each follower is, what is under way, and who is silent', async () => {
    const progress = { state: 'replicate', inFlight: 0, matchIndex: 20, active: true } as const;
    await show(
      <Peers
        raft={raft({
          role: 'leader',
          progress: [
            { ...progress, member: member(2) },
            { ...progress, member: member(3), matchIndex: 17, inFlight: 2 },
            { ...progress, member: member(4), matchIndex: 5, active: false, state: 'snapshot' },
          ],
        })}
      />,
    );
    expect(pips()).toEqual([
      ['yes', 'control-plane-2: has the log up to 20'],
      ['part', 'control-plane-3: has the log up to 17, 2 appends in flight'],
      ['no', 'control-plane-4: has the log up to 5, is sent a snapshot, silent'],
    ]);
    expect(host.textContent).toBe('23 +24');
  });

  it('that wants to lead counts its votes', async () => {
    const votes = [
      { member: member(2), granted: true },
      { member: member(3), granted: false },
    ];
    await show(<Peers raft={raft({ role: 'candidate', leader: null, votes })} />);
    expect(host.textContent).toContain('votes 1/3');
    expect(pips()).toEqual([
      ['open', 'control-plane-1: has not answered'],
      ['yes', 'control-plane-2: voted for it'],
      ['no', 'control-plane-3: voted against it'],
    ]);
  });

  it('that follows names its leader, or says that it knows none', async () => {
    await show(<Peers raft={raft({})} />);
    expect(host.textContent).toBe('follows control-plane-1');
    await show(<Peers raft={raft({ leader: null })} />);
    expect(host.textContent).toBe('knows no leader');
  });

  it('shows the end of its log in the places of the longest one', async () => {
    const longest = raft({ role: 'leader', lastIndex: 22, commitIndex: 20, appliedIndex: 19 });
    const processes = [process('control-plane-1', 'etcd', { raft: longest })];
    store
      .getState()
      .applyFrame(
        frame({ full: true, machines: [machine('control-plane-1', { role: 'control-plane', processes })] }),
        hostStatus(),
        0,
      );
    const cells = (): readonly (string | undefined)[] =>
      [...host.querySelectorAll('rect')].map((cell) => (cell as SVGElement).dataset['entry']).slice(-5);
    await show(<LogTail raft={longest} />);
    expect(cells()).toEqual(['applied', 'applied', 'committed', 'proposed', 'proposed']);
    await show(<LogTail raft={raft({ lastIndex: 20, commitIndex: 18, appliedIndex: 18 })} />);
    expect(cells()).toEqual(['applied', 'proposed', 'proposed', 'missing', 'missing']);
  });
});
