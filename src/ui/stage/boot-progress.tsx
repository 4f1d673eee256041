/** Says how far the cluster has come until all its machines are Ready for the first time. */
import { useUi } from '../state/store';
import { useText } from '../text/text';

export function BootProgress() {
  const booted = useUi((state) => state.mirror.booted);
  return booted ? null : <Progress />;
}

function Progress() {
  const text = useText();
  const started = useUi((state) => state.mirror.started);
  const total = useUi((state) => [...state.mirror.machines.values()].filter(({ role }) => role !== 'laptop').length);
  const ready = useUi((state) => [...state.mirror.nodes.values()].filter((node) => node.ready === 'True').length);
  return (
    <div className="boot" role="status">
      <span className="boot-spinner" aria-hidden="true" />
      {started ? text.boot.machinesReady(ready, total) : text.boot.loading}
      <span className="boot-track" aria-hidden="true">
        <span className="boot-fill" style={{ width: `${total === 0 ? 4 : Math.max(4, (ready / total) * 100)}%` }} />
      </span>
    </div>
  );
}
