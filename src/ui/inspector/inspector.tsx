/** The panel at the right: what the selected thing is, as the API has it, what has happened to it, and why. */
import { Tabs } from '@mantine/core';
import { X } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { PanelBoundary } from '../crash/panel-boundary';
import { PanelSplitter } from '../shell/panel-splitter';
import { useUi, useUiStore } from '../state/store';
import type { InspectorTab } from '../state/view-slice';
import { useText } from '../text/text';
import { Overview } from './overview';
import { SubjectEvents } from './subject-events';
import { Summary } from './summary';
import { WhyChain } from './why-chain';
import { YamlTab } from './yaml-tab';

const TABS: readonly InspectorTab[] = ['summary', 'yaml', 'events', 'why'];

const isTab = (value: string | null): value is InspectorTab => TABS.some((tab) => tab === value);

/** What the API server knows a thing as: a machine by its Node. */
export const apiSubject = (subject: Subject): Subject =>
  subject.kind === 'Machine' ? { ...subject, kind: 'Node' } : subject;

export function Inspector() {
  const text = useText();
  const store = useUiStore();
  const selection = useUi((state) => state.selection);
  const key = useUi((state) => state.selectedKey);
  const tab = useUi((state) => state.inspectorTab);

  if (!selection) {
    return (
      <aside className="inspector" aria-label={text.inspector.name}>
        <PanelSplitter panel="inspector" label={text.inspector.resize} />
        <Overview />
      </aside>
    );
  }
  const subject = apiSubject(selection);
  return (
    <aside className="inspector" aria-label={text.inspector.name}>
      <PanelSplitter panel="inspector" label={text.inspector.resize} />
      <header className="inspector-head">
        <p className="quiet">{text.inspector.kindLine(selection)}</p>
        <button
          type="button"
          className="icon-button"
          aria-label={text.inspector.close}
          onClick={() => store.getState().select(null)}
        >
          <X size={16} aria-hidden="true" />
        </button>
        <h2>{selection.name}</h2>
      </header>
      {selection.kind === 'Process' ? (
        <div className="inspector-body">
          <Summary selection={selection} />
        </div>
      ) : (
        <Tabs
          value={tab}
          onChange={(value) => {
            if (isTab(value)) store.getState().setInspectorTab(value);
          }}
          keepMounted={false}
          classNames={{ root: 'tabs', list: 'tabs-list', tab: 'tabs-tab', panel: 'tabs-panel' }}
        >
          <Tabs.List aria-label={text.inspector.tabs}>
            {TABS.map((value) => (
              <Tabs.Tab key={value} value={value}>
                {text.inspector.tab[value]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="summary" tabIndex={0}>
            <PanelBoundary key={key} name={text.inspector.tab.summary}>
              <Summary selection={selection} />
            </PanelBoundary>
          </Tabs.Panel>
          <Tabs.Panel value="yaml" tabIndex={0}>
            <PanelBoundary key={key} name={text.inspector.tab.yaml}>
              <YamlTab subject={subject} />
            </PanelBoundary>
          </Tabs.Panel>
          <Tabs.Panel value="events" tabIndex={0}>
            <SubjectEvents key={key} subject={subject} />
          </Tabs.Panel>
          <Tabs.Panel value="why" tabIndex={0}>
            <PanelBoundary key={key} name={text.inspector.tab.why}>
              <WhyChain subject={subject} />
            </PanelBoundary>
          </Tabs.Panel>
        </Tabs>
      )}
    </aside>
  );
}
