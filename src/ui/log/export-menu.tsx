/** Saves the rows that are shown as a file. Loaded when it is opened. */
import { Menu } from '@mantine/core';
import { MantineScope } from '../shell/mantine-scope';
import { useUiStore } from '../state/store';
import { csvOf, jsonOf } from './export-rows';
import { traceOf } from './export-trace';
import type { LogRow } from './log-row';
import { useLogText } from './log-text';

function save(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

/** Opens above the element that it stands in. */
export function ExportMenu({ rows, onClose }: { rows: readonly LogRow[]; onClose: () => void }) {
  const text = useLogText();
  const store = useUiStore();
  const { host, mirror } = store.getState();
  const run = { seed: host?.seed ?? 0, scenario: host?.scenario ?? '' };
  const name = `kubarium-${run.scenario}-${run.seed}`;
  return (
    <MantineScope>
      <Menu
        opened
        onClose={onClose}
        position="top-end"
        width={200}
        shadow="md"
        classNames={{ item: 'menu-item' }}
        withInitialFocusPlaceholder={false}
        withinPortal={false}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <span className="settings-anchor" />
        </Menu.Target>
        <Menu.Dropdown aria-label={text.export}>
          <Menu.Item onClick={() => save(`${name}.csv`, 'text/csv;charset=utf-8', `\ufeff${csvOf(rows)}`)}>
            {text.asCsv}
          </Menu.Item>
          <Menu.Item onClick={() => save(`${name}.json`, 'application/json', jsonOf(rows, run))}>
            {text.asJson}
          </Menu.Item>
          <Menu.Item onClick={() => save(`${name}.trace.json`, 'application/json', traceOf(rows, mirror.now, run))}>
            {text.asTrace}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </MantineScope>
  );
}
