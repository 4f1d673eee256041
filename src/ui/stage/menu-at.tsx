/** The frame of a menu at a point of the window: it stays inside it, whatever lies under the point. */
import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { MantineScope } from '../shell/mantine-scope';
import { MENU_LAYER_ID } from './machine-menu-context';

interface MenuAtProps {
  /** Pixels of the window. */
  readonly place: { readonly x: number; readonly y: number };
  readonly label: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function MenuAt({ place, label, opened, onClose, children }: MenuAtProps) {
  return (
    <MantineScope>
      <Menu
        opened={opened}
        onClose={onClose}
        position="bottom-start"
        middlewares={{ flip: true, shift: { crossAxis: true, padding: 8 } }}
        width={220}
        shadow="md"
        classNames={{ item: 'menu-item', dropdown: 'menu-dropdown' }}
        withInitialFocusPlaceholder={false}
        floatingStrategy="fixed"
        portalProps={{ target: `#${MENU_LAYER_ID}` }}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <button
            type="button"
            tabIndex={-1}
            className="menu-anchor"
            aria-label={label}
            style={{ left: place.x, top: place.y }}
          />
        </Menu.Target>
        <Menu.Dropdown>{children}</Menu.Dropdown>
      </Menu>
    </MantineScope>
  );
}
