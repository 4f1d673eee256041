/** Why something is as it is: the recorded chain of causes, told from its beginning. */
import { useCallback } from 'react';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { findObject } from '../state/mirror';
import { useUiStore, type UiState } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';
import { useLive } from './use-live';
import { Verdicts } from './verdicts';

/** Who did it, in bold; not twice when the sentence begins with it. */
function Sentence({ actor, text }: { actor: string; text: string }) {
  const rest = text.startsWith(`${actor} `) ? text.slice(actor.length + 1) : text;
  return (
    <>
      <strong>{actor}</strong> {rest}
    </>
  );
}

export function WhyChain({ subject }: { subject: Subject }) {
  const text = useText();
  const store = useUiStore();
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
  const { reasons, complete } = live.value;
  if (reasons.length === 0) return <p className="quiet">{text.why.nothing}</p>;
  return (
    <ol className="story">
      {complete ? null : <li className="quiet">{text.why.incomplete}</li>}
      {[...reasons].reverse().map((reason) => (
        <li key={reason.event}>
          <time>{formatVirtualTime(reason.at)}</time>
          <Sentence actor={text.why.actor(reason.actor)} text={reason.text} />
          {reason.attempt === undefined ? null : <Verdicts attempt={reason.attempt} />}
          {reason.subject && reason.subject.name !== name ? (
            <>
              {' '}
              <button type="button" className="subject-link" onClick={() => store.getState().select(reason.subject)}>
                {text.why.about(reason.subject)}
              </button>
            </>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
