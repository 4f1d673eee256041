/** One row of the log in full: the whole message, the moment, and what led to it by the engine's records. */
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Micros } from '#engine/kernel/time';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';
import type { LogRow } from './log-row';
import { useLogText } from './log-text';
import { shownLines, shownText } from './shown-text';

/** Nobody reads more of a line than this, and the page stays quick. */
const MOST_SHOWN = 20_000;
const MOST_STEPS = 30;

interface Step {
  readonly key: number;
  readonly at: Micros;
  readonly text: string;
}

export function LogEntry({ row, onClose }: { row: LogRow; onClose: () => void }) {
  const text = useLogText();
  const store = useUiStore();
  const { link } = useCommands();
  const words = useText();
  const [steps, setSteps] = useState<readonly Step[] | null>(null);
  const { subject, event, at, self } = row;

  useEffect(() => {
    let wanted = true;
    const ask = async (): Promise<readonly Step[]> => {
      if (event !== null) {
        const causes = await link.look({ type: 'causes', event });
        return causes.map((cause) => ({
          key: cause.event,
          at: cause.at,
          text: cause.process === 'input' ? text.you : text.handled(cause.process, cause.type),
        }));
      }
      if (self === undefined) return [];
      const { reasons } = await link.why(self);
      return reasons.map((reason) => ({
        key: reason.event,
        at: reason.at,
        text: `${words.why.actor(reason.actor)}: ${reason.text}`,
      }));
    };
    const take = (found: readonly Step[]): void => {
      if (wanted) setSteps(found.slice(0, MOST_STEPS));
    };
    ask().then(take, () => take([]));
    return () => {
      wanted = false;
    };
  }, [link, event, self, text, words]);

  const goThere = async (): Promise<void> => {
    try {
      await link.time({ type: 'seek', at: Math.max(1, at) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: reason, action: null });
    }
  };

  return (
    <section className="log-entry" role="dialog" aria-label={text.entry}>
      <header>
        <h3>
          <bdi>{shownText(`${row.reason} ${row.object}`.trim(), 200)}</bdi>
        </h3>
        <button type="button" className="icon-button" aria-label={text.closeEntry} onClick={onClose}>
          <X size={15} aria-hidden="true" />
        </button>
      </header>
      <div className="log-entry-body" tabIndex={0} role="region" aria-label={text.message}>
        <p className="quiet">
          {formatVirtualTime(at)} · {text.source[row.source]} · {text.severity[row.severity]} ·{' '}
          <bdi>{shownText(row.from, 200)}</bdi>
        </p>
        <pre>
          {shownLines(row.message, MOST_SHOWN)}
          {row.message.length > MOST_SHOWN ? text.cut(row.message.length) : ''}
        </pre>
        <div className="actions">
          <button type="button" className="toggle-pill" onClick={() => void goThere()}>
            {text.goThere}
          </button>
          {subject === null ? null : (
            <>
              <button
                type="button"
                className="toggle-pill"
                onClick={() => {
                  store.getState().select(subject);
                  store.getState().setInspectorTab('why');
                }}
              >
                {text.whySubject(shownText(subject.name, 60))}
              </button>
              <button
                type="button"
                className="toggle-pill"
                onClick={() => store.getState().filterLog({ text: subject.name })}
              >
                {text.onlyThis}
              </button>
            </>
          )}
        </div>
        <h4>{text.cause}</h4>
        {steps === null ? <p className="quiet">{text.asking}</p> : null}
        {steps?.length === 0 ? <p className="quiet">{text.noCause}</p> : null}
        {steps === null || steps.length === 0 ? null : (
          <ol className="story">
            {steps.map((step) => (
              <li key={step.key}>
                <time>{formatVirtualTime(step.at)}</time>
                {shownText(step.text, 400)}
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}
