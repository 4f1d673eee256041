/** Why there is no pod of an app on a machine: asked of the app for a machine, or of the machine for an app. */
import { useState } from 'react';
import type { Why } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useUi } from '../state/store';
import { compareNames } from '../state/compare-names';
import { Story } from './story';
import { useWhyWords } from './why-words';

const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);
const ANY = 'Pod//';

/** `Kind/namespace/name`, as pods name what owns them. */
function subjectOf(app: string): Subject {
  const [kind = '', namespace = '', name = ''] = app.split('/');
  return { kind, namespace, name };
}

interface Asked {
  readonly choice: string;
  readonly answer: Why | string | null;
}

export function WhyNot({ subject }: { subject: Subject }) {
  const words = useWhyWords();
  const { link } = useCommands();
  const hues = useUi(({ mirror }) => mirror.hues);
  const nodes = useUi(({ mirror }) => mirror.nodes);
  const [asked, setAsked] = useState<Asked | null>(null);
  const isNode = subject.kind === 'Node';
  if (!isNode && !WORKLOADS.has(subject.kind)) return null;

  const ask = (choice: string): void => {
    if (choice === '') return setAsked(null);
    const answered = (answer: Asked['answer']): void =>
      setAsked((latest) => (latest?.choice === choice ? { choice, answer } : latest));
    setAsked({ choice, answer: null });
    link
      .why(isNode ? subjectOf(choice) : subject, isNode ? subject.name : choice)
      .then(answered, (error: unknown) => answered(error instanceof Error ? error.message : String(error)));
  };
  const apps = (): string[] => [...hues.keys()].filter((app) => WORKLOADS.has(subjectOf(app).kind)).sort(compareNames);
  return (
    <section className="why-not" aria-label={words.absent}>
      <label>
        {isNode ? words.absentHere : words.absentFrom}{' '}
        <select value={asked?.choice ?? ''} onChange={(event) => ask(event.currentTarget.value)}>
          <option value="">{words.choose}</option>
          {isNode ? <option value={ANY}>{words.anyApp}</option> : null}
          {(isNode ? apps() : [...nodes.keys()].sort(compareNames)).map((choice) => (
            <option key={choice} value={choice}>
              {isNode ? subjectOf(choice).name : choice}
            </option>
          ))}
        </select>
      </label>
      {asked === null ? null : <Answer answer={asked.answer} about={subject.name} />}
    </section>
  );
}

function Answer({ answer, about }: { answer: Asked['answer']; about: string }) {
  const words = useWhyWords();
  if (answer === null) return <p className="quiet">{words.asking}</p>;
  if (typeof answer === 'string') return <p className="callout callout-problem">{answer}</p>;
  return answer.reasons.length === 0 ? <p className="quiet">{words.nothing}</p> : <Story why={answer} about={about} />;
}
