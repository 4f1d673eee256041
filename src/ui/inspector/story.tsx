/** The recorded chain of causes as a story, told from its beginning; each moment can be gone to. */
import type { Reason, Why } from '#engine/cluster/door';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { useText } from '../text/text';
import { formatVirtualTime } from '../text/virtual-time';
import { Verdicts } from './verdicts';
import '../theme/why.css';
import { useWhyWords } from './why-words';

/** Who did it, in bold; not twice, in one language and in another, when the sentence begins with it. */
function Sentence({ actor, text }: { actor: string; text: string }) {
  const { why } = useText();
  const first = actor === 'you' ? 'You' : actor;
  const begins = text.startsWith(`${first} `);
  return (
    <>
      <strong>{begins ? first : why.actor(actor)}</strong> {begins ? text.slice(first.length + 1) : text}
    </>
  );
}

function Moment({ at }: { at: number }) {
  const words = useWhyWords();
  const store = useUiStore();
  const { link } = useCommands();
  const clock = formatVirtualTime(at);
  const go = (): void => {
    link.time({ type: 'seek', at: Math.max(1, at) }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: reason, action: null });
    });
  };
  return (
    <button type="button" className="moment-link" title={words.moment(clock)} onClick={go}>
      <time>{clock}</time>
    </button>
  );
}

function Step({ reason, about }: { reason: Reason; about: string }) {
  const text = useText();
  const store = useUiStore();
  return (
    <li>
      <Moment at={reason.at} />
      <Sentence actor={reason.actor} text={reason.text} />
      {reason.attempt === undefined ? null : <Verdicts attempt={reason.attempt} />}
      {reason.subject && reason.subject.name !== about ? (
        <>
          {' '}
          <button type="button" className="subject-link" onClick={() => store.getState().select(reason.subject)}>
            {text.why.about(reason.subject)}
          </button>
        </>
      ) : null}
    </li>
  );
}

/** @param about - name of the thing that is selected: steps about others link to these */
export function Story({ why: { reasons, complete, omitted }, about }: { why: Why; about: string }) {
  const text = useText();
  const words = useWhyWords();
  const steps = reasons.map((reason, index) => <Step key={`${reason.event} ${index}`} reason={reason} about={about} />);
  if (omitted !== undefined)
    steps.splice(
      omitted.after,
      0,
      <li key="omitted" className="quiet">
        {words.omitted(omitted.count)}
      </li>,
    );
  return (
    <ol className="story">
      {complete ? null : <li className="quiet">{text.why.incomplete}</li>}
      {steps.reverse()}
    </ol>
  );
}
