/** How the page looks: theme, projector, motion. Loaded when it is opened. */
import { Menu } from '@mantine/core';
import { MantineScope } from '../shell/mantine-scope';
import { useUi, useUiStore } from '../state/store';
import type { Theme } from '../state/view-slice';
import { useText } from '../text/text';

const THEMES: readonly Theme[] = ['dark', 'light', 'contrast'];

/** Opens below the element that it stands in. */
export function SettingsMenu({ onClose }: { onClose: () => void }) {
  const text = useText();
  const store = useUiStore();
  const theme = useUi((state) => state.theme);
  const projector = useUi((state) => state.projector);
  const lessMotion = useUi((state) => state.lessMotion);
  return (
    <MantineScope>
      <Menu
        opened
        onClose={onClose}
        position="bottom-end"
        width={230}
        shadow="md"
        closeOnItemClick={false}
        classNames={{ item: 'menu-item' }}
        withInitialFocusPlaceholder={false}
        withinPortal={false}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <span className="settings-anchor" aria-hidden="true" />
        </Menu.Target>
        <Menu.Dropdown aria-label={text.settings.name}>
          <Menu.Label>{text.settings.theme}</Menu.Label>
          <Menu.RadioGroup value={theme} onChange={(value) => store.getState().setTheme(themeNamed(value))}>
            {THEMES.map((name) => (
              <Menu.RadioItem key={name} value={name}>
                {text.settings.themes[name]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.CheckboxItem checked={projector} onChange={(checked) => store.getState().setProjector(checked)}>
            {text.settings.projector}
          </Menu.CheckboxItem>
          <Menu.CheckboxItem checked={lessMotion} onChange={(checked) => store.getState().setLessMotion(checked)}>
            {text.settings.lessMotion}
          </Menu.CheckboxItem>
        </Menu.Dropdown>
      </Menu>
    </MantineScope>
  );
}

const themeNamed = (value: string | null): Theme => THEMES.find((theme) => theme === value) ?? 'dark';
