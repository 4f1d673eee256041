/** Why something is as it is: the recorded chain of causes, told from its beginning. */
import { useCallback } from 'react';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { findObject } from '../state/mirror';
import type { UiState } from '../state/store';
import { useText } from '../text/text';
import { Story } from './story';
import { useLive } from './use-live';
import { WhyNot } from './why-not';

export function WhyChain({ subject }: { subject: Subject }) {
  const text = useText();
  const { link } = useCommands();
  const { kind, namespace, name } = subject;
  const watch = useCallback(
    (state: UiState) => findObject(state.mirror, { kind, namespace, name }),
    [kind, namespace, name],
  );
  const ask = useCallback(() => link.why({ kind, namespace, name }), [link, kind, namespace, name]);
  const [live] = useLive(ask, watch);

  if (live.state === 'waiting') return <p className="quiet">{text.inspector.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  return (
    <>
      {live.value.reasons.length === 0 ? (
        <p className="quiet">{text.why.nothing}</p>
      ) : (
        <Story why={live.value} about={name} />
      )}
      <WhyNot subject={subject} />
    </>
  );
}
