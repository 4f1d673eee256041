/** What narrows the log: where rows come from, how bad they are, a namespace, a kind, words. */
import { useUi, useUiStore } from '../state/store';
import { LOG_SOURCES, type LogFilter, type LogSource } from '../state/view-slice';
import { useLogText } from './log-text';
import type { LogView } from './log-book';
import { SourceMark } from './source-mark';

const KINDS = [
  'Pod',
  'Node',
  'Machine',
  'Process',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Service',
];

export function LogFilters({ counts }: { counts: LogView['counts'] }) {
  const text = useLogText();
  const store = useUiStore();
  const filter = useUi((state) => state.logFilter);
  const namespaces = useUi((state) => state.mirror.namespaces);
  const change = (part: Partial<LogFilter>): void => store.getState().filterLog(part);
  const toggle = (source: LogSource): void =>
    change({ sources: LOG_SOURCES.filter((one) => (one === source) !== filter.sources.includes(one)) });
  return (
    <div className="log-filters" role="search" aria-label={text.filters}>
      <div className="log-sources" role="group" aria-label={text.sources}>
        {LOG_SOURCES.map((source) => (
          <button
            key={source}
            type="button"
            className="toggle-pill"
            aria-pressed={filter.sources.includes(source)}
            title={`${text.sourceHint[source]} (${counts[source]})`}
            onClick={() => toggle(source)}
          >
            <SourceMark source={source} />
            {text.source[source]}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="toggle-pill"
        aria-pressed={filter.warningsOnly}
        title={text.warningsOnly}
        onClick={() => change({ warningsOnly: !filter.warningsOnly })}
      >
        <span className="warning-mark" aria-hidden="true" />
        <span className="visually-hidden">{text.warningsOnly}</span>
      </button>
      <select
        aria-label={text.namespace}
        value={filter.namespace}
        data-set={filter.namespace !== ''}
        onChange={(event) => change({ namespace: event.currentTarget.value })}
      >
        <option value="">{text.allNamespaces}</option>
        {namespaces.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={text.kind}
        value={filter.kind}
        data-set={filter.kind !== ''}
        onChange={(event) => change({ kind: event.currentTarget.value })}
      >
        <option value="">{text.allKinds}</option>
        {KINDS.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={filter.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
    </div>
  );
}
