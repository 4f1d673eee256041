/** A scheduler at work: how long its queues are, and its last attempts with what its plug-ins said of each node. */
import { Fragment, useCallback } from 'react';
import type { AttemptRecord, ProcessRecord, Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useUi, type UiState } from '../state/store';
import type { Catalogue } from '../text/en';
import { useText } from '../text/text';
import { formatVirtualTime } from '../text/virtual-time';
import { Facts } from './facts';
import { SubjectLink } from './subject-link';
import { useLive } from './use-live';
import { Verdicts } from './verdicts';

const processIn = ({ mirror }: UiState, id: string): ProcessRecord | undefined =>
  mirror.machines.get(id.slice(0, id.indexOf('/')))?.processes.find((candidate) => candidate.id === id);

function outcomeOf({ outcome, node }: AttemptRecord, { scheduler }: Catalogue): string {
  if (outcome === 'scheduled') return scheduler.goes(node ?? '');
  return outcome === 'nominated' ? scheduler.nominated(node ?? '') : scheduler.unfit;
}

function Attempts({ attempts, text }: { attempts: readonly (readonly [number, AttemptRecord])[]; text: Catalogue }) {
  const { scheduler } = text;
  if (attempts.length === 0) return <p className="quiet">{scheduler.none}</p>;
  return (
    <table className="verdicts attempts" aria-label={scheduler.attempts}>
      <thead>
        <tr>
          <th scope="col">{scheduler.pod}</th>
          <th scope="col">{scheduler.outcome}</th>
          <th scope="col">{scheduler.fit}</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(([at, attempt]) => {
          const { event, pod, sample, message } = attempt;
          const subject: Subject = { kind: 'Pod', namespace: pod.namespace, name: pod.name };
          return (
            <Fragment key={event}>
              <tr>
                <th scope="row">
                  <SubjectLink subject={subject} />
                  <time>{formatVirtualTime(at)}</time>
                </th>
                <td>{outcomeOf(attempt, text)}</td>
                <td>{scheduler.sample(sample.feasible, sample.evaluated)}</td>
              </tr>
              <tr>
                <td colSpan={3}>
                  {message === '' ? null : <p className="quiet">{message}</p>}
                  <Verdicts attempt={attempt} />
                </td>
              </tr>
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

export function SchedulerAttempts({ id }: { id: string }) {
  const text = useText();
  const { link } = useCommands();
  const watch = useCallback((state: UiState) => processIn(state, id)?.handled, [id]);
  const ask = useCallback(() => link.why({ kind: 'Process', namespace: '', name: id }), [link, id]);
  const facts = useUi((state) => processIn(state, id)?.facts);
  const [live] = useLive(ask, watch);
  const { scheduler } = text;
  const length = (name: string): number => Number(facts?.[name] ?? 0);
  return (
    <>
      <section aria-label={scheduler.queues}>
        <h3>{scheduler.queues}</h3>
        <Facts
          rows={[
            [scheduler.active, length('active')],
            [scheduler.backoff, length('backoff')],
            [scheduler.unschedulable, scheduler.withGated(length('unschedulable'), length('gated'))],
            [scheduler.binding, length('binding')],
            [scheduler.scheduled, length('scheduled')],
            [scheduler.failed, length('failedAttempts')],
          ]}
        />
      </section>
      <section aria-label={scheduler.attempts}>
        <h3>{scheduler.attempts}</h3>
        {live.state === 'waiting' ? <p className="quiet">{text.inspector.asking}</p> : null}
        {live.state === 'failed' ? <p className="callout callout-problem">{live.message}</p> : null}
        {live.state === 'here' ? (
          <Attempts
            attempts={live.value.reasons.flatMap(({ at, attempt }) => (attempt === undefined ? [] : [[at, attempt]]))}
            text={text}
          />
        ) : null}
      </section>
    </>
  );
}
