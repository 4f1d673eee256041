/** An object's versions as etcd still has them: what each changed, who wrote it; its conditions over time; who has its fields. */
import type { ObjectHistory, ObjectVersion } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { shownText } from '../log/shown-text';
import { useUi } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import '../theme/closer.css';
import { useCloserText } from './closer-text';
import { conditionStrips } from './condition-strips';
import { useCloserLook } from './use-live';
import { changesBetween, ownersOf, writersOf, type FieldChange } from './version-changes';

const MOST_SHOWN = 160;

export function Change({ change: { path, before, after, by } }: { change: FieldChange }) {
  const text = useCloserText();
  const value = (of: string | null): string => (of === null ? text.absent : shownText(of, MOST_SHOWN));
  return (
    <li>
      <code>{shownText(path, MOST_SHOWN)}</code>
      <span className="change-values">
        <del>{value(before)}</del> → <ins>{value(after)}</ins>
      </span>
      {by.length === 0 ? null : <span className="quiet">{text.by(by.join(', '))}</span>}
    </li>
  );
}

function Version({ version, before, first }: { version: ObjectVersion; before: ObjectVersion | null; first: boolean }) {
  const text = useCloserText();
  const writers = version.object === null ? [] : writersOf(before?.object ?? null, version.object);
  const changes = before?.object && version.object ? changesBetween(before.object, version.object) : [];
  const isNew = before === null || before.object === null;
  return (
    <li>
      <time>{version.at === null ? text.unknownTime : formatVirtualTime(version.at)}</time>
      <strong>
        {version.object === null ? text.deleted : isNew && first ? text.created : text.revision(version.revision)}
      </strong>{' '}
      <span className="quiet">{writers.length === 0 ? '' : text.by(writers.join(', '))}</span>
      {changes.length > 0 ? (
        <ul className="changes">
          {changes.map((change) => (
            <Change key={change.path} change={change} />
          ))}
        </ul>
      ) : isNew || version.object === null ? null : (
        <p className="quiet">{text.noChange}</p>
      )}
    </li>
  );
}

function Strips({ history }: { history: ObjectHistory }) {
  const text = useCloserText();
  const now = useUi((state) => state.mirror.now);
  const strips = conditionStrips(history.versions, now);
  const from = Math.min(...strips.flatMap(({ stretches }) => stretches.map((stretch) => stretch.from)));
  if (strips.length === 0) return null;
  const span = Math.max(1, now - from);
  const percent = (part: number): string => `${(part / span) * 100}%`;
  return (
    <section aria-label={text.strips}>
      <h3>{text.strips}</h3>
      <ul className="strips">
        {strips.map(({ type, stretches }) => (
          <li key={type}>
            <span className="strip-name">{shownText(type, 60)}</span>
            <span className="strip">
              {stretches.map(({ from: start, to, status, reason }) => {
                const label = text.stretch(type, status, reason, formatVirtualTime(start), formatVirtualTime(to));
                return (
                  <span
                    key={start}
                    role="img"
                    className="stretch"
                    data-status={status}
                    title={label}
                    aria-label={label}
                    style={{ left: percent(start - from), width: percent(to - start) }}
                  />
                );
              })}
            </span>
            <span className="quiet">{stretches.at(-1)?.status}</span>
          </li>
        ))}
      </ul>
      <p className="strip-axis quiet">
        <span>{formatVirtualTime(from)}</span>
        <span>{formatVirtualTime(now)}</span>
      </p>
    </section>
  );
}

export function HistoryTab({ subject }: { subject: Subject }) {
  const text = useCloserText();
  const live = useCloserLook('versions', subject);
  if (live.state === 'waiting') return <p className="quiet">{text.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  const { versions, compacted } = live.value;
  if (versions.length === 0) return <p className="quiet">{text.notKept}</p>;
  const owners = ownersOf(versions.findLast(({ object }) => object !== null)?.object);
  return (
    <>
      <Strips history={live.value} />
      <ol className="story versions">
        {versions
          .map((version, index) => (
            <Version
              key={`${version.revision}/${version.event}`}
              version={version}
              before={versions[index - 1] ?? null}
              first={!(compacted && index === 0)}
            />
          ))
          .toReversed()}
      </ol>
      {compacted ? <p className="quiet">{text.compacted}</p> : null}
      {owners.length === 0 ? null : (
        <section aria-label={text.owners}>
          <h3>{text.owners}</h3>
          {owners.map(({ writer, operation, fields }) => (
            <details key={`${writer}/${operation}`} className="field-owner">
              <summary>
                {shownText(writer, 80)} <span className="quiet">{`${operation} · ${text.fields(fields.length)}`}</span>
              </summary>
              <ul>
                {fields.map((field) => (
                  <li key={field}>
                    <code>{shownText(field, MOST_SHOWN)}</code>
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </section>
      )}
    </>
  );
}
