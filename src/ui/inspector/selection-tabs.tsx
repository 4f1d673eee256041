/** The views of the selected thing: summary, YAML, Events, why. Loaded when something is selected for the first time. */
import { Tabs } from '@mantine/core';
import { Suspense } from 'react';
import { lazy } from '../crash/lazy';
import type { Subject } from '#engine/cluster/records';
import { PanelBoundary } from '../crash/panel-boundary';
import { MantineScope } from '../shell/mantine-scope';
import { PinButton } from '../pins/pin-button';
import { CommandButton } from '../shell/command-button';
import { kubectl } from '../state/kubectl-command';
import { subjectKey } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import type { InspectorTab } from '../state/view-slice';
import { useText } from '../text/text';
import { SubjectEvents } from './subject-events';
import { Summary } from './summary';
import { WhyChain } from './why-chain';
import { YamlTab } from './yaml-tab';

const HistoryTab = lazy(
  () => import('./history-tab'),
  ({ HistoryTab }) => HistoryTab,
);
const LogsTab = lazy(
  () => import('./logs-tab'),
  ({ LogsTab }) => LogsTab,
);
const Relations = lazy(
  () => import('./relations'),
  ({ Relations }) => Relations,
);

const TABS: readonly InspectorTab[] = ['summary', 'yaml', 'events', 'logs', 'history', 'why'];

/** Only pods have logs. */
const tabsOf = ({ kind }: Subject): readonly InspectorTab[] => TABS.filter((tab) => tab !== 'logs' || kind === 'Pod');

const isTab = (value: string | null): value is InspectorTab => TABS.some((tab) => tab === value);

/** What the API server knows a thing as: a machine by its Node. */
const apiSubject = (subject: Subject): Subject => (subject.kind === 'Machine' ? { ...subject, kind: 'Node' } : subject);

function View({ tab, selection }: { tab: InspectorTab; selection: Subject }) {
  const subject = apiSubject(selection);
  switch (tab) {
    case 'summary':
      return (
        <>
          <Summary selection={selection} />
          <Suspense>
            <Relations subject={subject} />
          </Suspense>
        </>
      );
    case 'yaml':
      return <YamlTab subject={subject} />;
    case 'events':
      return <SubjectEvents subject={subject} />;
    case 'logs':
      return (
        <Suspense>
          <LogsTab subject={subject} />
        </Suspense>
      );
    case 'history':
      return (
        <Suspense>
          <HistoryTab subject={subject} />
        </Suspense>
      );
    case 'why':
      return <WhyChain subject={subject} />;
  }
}

export function SelectionTabs({ selection }: { selection: Subject }) {
  const text = useText();
  const store = useUiStore();
  const chosen = useUi((state) => state.inspectorTab);
  const tabs = tabsOf(selection);
  const tab = tabs.includes(chosen) ? chosen : 'summary';
  const shown = tab === 'yaml' || tab === 'events' ? tab : 'describe';

  if (selection.kind === 'Process') {
    return (
      <MantineScope>
        <div className="inspector-body">
          <Summary selection={selection} />
        </div>
      </MantineScope>
    );
  }
  return (
    <MantineScope>
      <Tabs
        value={tab}
        onChange={(value) => {
          if (isTab(value)) store.getState().setInspectorTab(value);
        }}
        keepMounted={false}
        classNames={{ root: 'tabs', list: 'tabs-list', tab: 'tabs-tab', panel: 'tabs-panel' }}
      >
        <div className="tabs-bar">
          <Tabs.List aria-label={text.inspector.tabs}>
            {tabs.map((value) => (
              <Tabs.Tab key={value} value={value}>
                {text.inspector.tab[value]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <span className="tabs-command">
            <PinButton subject={selection} />
            {tab === 'logs' ? null : <CommandButton command={() => kubectl[shown](apiSubject(selection))} />}
          </span>
        </div>
        {tabs.map((value) => (
          <Tabs.Panel key={value} value={value} tabIndex={0}>
            <PanelBoundary key={subjectKey(selection)} name={text.inspector.tab[value]}>
              <View tab={value} selection={selection} />
            </PanelBoundary>
          </Tabs.Panel>
        ))}
      </Tabs>
    </MantineScope>
  );
}
