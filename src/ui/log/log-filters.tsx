/** What narrows the event log: warnings only, a namespace, words. */
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';

export function LogFilters() {
  const text = useText();
  const store = useUiStore();
  const filter = useUi((state) => state.eventFilter);
  const namespaces = useUi((state) => state.mirror.namespaces);
  return (
    <div className="log-filters" role="search" aria-label={text.log.filters}>
      <button
        type="button"
        className="toggle-pill"
        aria-pressed={filter.warningsOnly}
        onClick={() => store.getState().filterEvents({ warningsOnly: !filter.warningsOnly })}
      >
        {text.log.warningsOnly}
      </button>
      <select
        aria-label={text.log.namespace}
        value={filter.namespace}
        onChange={(event) => store.getState().filterEvents({ namespace: event.currentTarget.value })}
      >
        <option value="">{text.log.allNamespaces}</option>
        {namespaces.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={text.log.search}
        placeholder={text.log.search}
        value={filter.text}
        onChange={(event) => store.getState().filterEvents({ text: event.currentTarget.value })}
      />
    </div>
  );
}
