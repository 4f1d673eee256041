/** The bar along the top: what this is, the clock, the language, the theme. */
import { Moon, Settings2, Sun } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazy } from '../crash/lazy';
import { ClustersButton } from '../clusters/clusters-button';
import { useUi, useUiStore } from '../state/store';
import { ShareButton } from '../share/share-button';
import { LANGUAGE_TAGS } from '../text/language';
import { useText } from '../text/text';
import { ClockControls } from './clock-controls';
import { Logo } from './logo';

const SettingsMenu = lazy(
  () => import('./settings-menu'),
  ({ SettingsMenu }) => SettingsMenu,
);

export function Header() {
  const text = useText();
  const store = useUiStore();
  const theme = useUi((state) => state.theme);
  const speed = useUi((state) => Math.round((state.host?.measuredSpeed ?? 0) * 10) / 10);
  const running = useUi((state) => state.host !== null && state.host.pace.type !== 'paused');
  const other = theme === 'light' ? 'dark' : 'light';
  const otherLanguage = useUi((state) => (state.language === 'en' ? 'zh' : 'en'));
  const [settings, setSettings] = useState(false);
  return (
    <header className="header">
      <h1>
        <Logo />
        {text.app.name}
      </h1>
      <ClustersButton />
      <ClockControls />
      <span className="header-speed">{running ? text.clock.measured(speed) : null}</span>
      <button
        type="button"
        className="word-button"
        lang={LANGUAGE_TAGS[otherLanguage]}
        aria-label={text.language.switchToOther}
        title={text.language.switchToOther}
        onClick={() => void store.getState().setLanguage(otherLanguage)}
      >
        {text.language.other}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={text.theme.switchTo[other]}
        title={text.theme.switchTo[other]}
        onClick={() => store.getState().setTheme(other)}
      >
        {other === 'light' ? <Sun size={17} aria-hidden="true" /> : <Moon size={17} aria-hidden="true" />}
      </button>
      <ShareButton />
      <span className="settings">
        <button
          type="button"
          className="icon-button"
          aria-haspopup="menu"
          aria-expanded={settings}
          aria-label={text.settings.name}
          title={text.settings.name}
          onClick={() => setSettings(!settings)}
        >
          <Settings2 size={17} aria-hidden="true" />
        </button>
        {settings ? (
          <Suspense fallback={null}>
            <SettingsMenu onClose={() => setSettings(false)} />
          </Suspense>
        ) : null}
      </span>
    </header>
  );
}
