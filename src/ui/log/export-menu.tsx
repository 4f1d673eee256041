/** Saves the rows that are shown as a file. Loaded when it is opened. */
import { Menu } from '@mantine/core';
import { MantineScope } from '../shell/mantine-scope';
import { saveFile } from '../share/save-file';
import { useUiStore } from '../state/store';
import { csvOf, jsonOf } from './export-rows';
import { traceOf } from './export-trace';
import type { LogRow } from './log-row';
import { useLogText } from './log-text';

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
          <Menu.Item onClick={() => saveFile(`${name}.csv`, `\ufeff${csvOf(rows)}`, 'text/csv;charset=utf-8')}>
            {text.asCsv}
          </Menu.Item>
          <Menu.Item onClick={() => saveFile(`${name}.json`, jsonOf(rows, run))}>{text.asJson}</Menu.Item>
          <Menu.Item onClick={() => saveFile(`${name}.trace.json`, traceOf(rows, mirror.now, run))}>
            {text.asTrace}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </MantineScope>
  );
}
