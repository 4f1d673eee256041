import { describe, expect, it } from 'vitest';
import { message, names, TestApi } from './testing';

const SECOND = 1_000_000;

const event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'default' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  regarding: { kind: 'Pod', namespace: 'default', name: 'web' },
  reportingController: 'example.com/tester',
  reportingInstance: 'tester-1',
  action: 'Testing',
  reason: 'Tested',
  note: 'all is well',
  type: 'Normal',
};
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';

// pkg/apis/events/v1/conversion.go
describe('a resource in two versions', () => {
  it('stores one and answers in the version that was asked for', () => {
    const api = new TestApi();
    expect(api.want('POST', EVENTS, event)).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'all is well' });
    expect(api.want('GET', '/api/v1/namespaces/default/events/web.1')).toMatchObject({
      apiVersion: 'v1',
      message: 'all is well',
      involvedObject: { name: 'web' },
      reportingComponent: 'example.com/tester',
    });
    expect(api.want('GET', `${EVENTS}?fieldSelector=regarding.name%3Dweb`)).toMatchObject({
      kind: 'EventList',
      apiVersion: 'events.k8s.io/v1',
      items: [{ note: 'all is well' }],
    });
    const patch = { note: 'all is better' };
    const contentType = 'application/merge-patch+json';
    expect(api.want('PATCH', `${EVENTS}/web.1`, patch, { contentType })).toMatchObject({ note: 'all is better' });
  });

  it('tells each watcher in its own version', () => {
    const api = new TestApi();
    const watch = api.watch(`${EVENTS}?watch=true&resourceVersion=0`);
    api.want('POST', '/api/v1/namespaces/default/events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.2', namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
      message: 'seen',
    });
    expect(watch.raw()).toMatchObject([
      { type: 'ADDED', object: { apiVersion: 'events.k8s.io/v1', note: 'seen', regarding: { name: 'web' } } },
    ]);
  });
});

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['wd'] },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })),
  },
};
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

function establish(api: TestApi, names: object = {}): void {
  const { spec } = widgets;
  api.want('POST', DEFINITIONS, { ...widgets, spec: { ...spec, names: { ...spec.names, ...names } } });
  api.advance(SECOND);
}

// apiextensions-apiserver/pkg/apiserver/customresource_handler.go
describe('resources that a definition adds', () => {
  it('are printed as custom resources even where a built-in kind has their name', () => {
    const api = new TestApi();
    establish(api, { kind: 'ConfigMap' });
    api.want('POST', WIDGETS, { apiVersion: 'example.com/v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json';
    const table: unknown = api.want('GET', WIDGETS, undefined, { accept });
    expect(table).toMatchObject({
      columnDefinitions: [{ name: 'Name' }, { name: 'Age', type: 'date' }],
      rows: [{ cells: ['a', '0s'] }],
    });
  });

  it.each(['Pod', 'Service', 'Namespace', 'Node'])(
    'meet none of the rules of a built-in %s whose name they have',
    (kind) => {
      const api = new TestApi();
      establish(api, { kind });
      const object = { apiVersion: 'example.com/v1', kind, metadata: { name: 'a' } };
      expect(api.want('POST', WIDGETS, object)).not.toHaveProperty('spec');
      expect(
        api.want('PATCH', `${WIDGETS}/a`, { size: 3 }, { contentType: 'application/merge-patch+json' }),
      ).toMatchObject({
        size: 3,
      });
      api.want('DELETE', `${WIDGETS}/a`);
      expect(api.ask('GET', `${WIDGETS}/a`).code).toBe(404);
    },
  );

  it('are served in every version once the definition is established', () => {
    const api = new TestApi();
    expect(api.ask('GET', WIDGETS).code).toBe(404);
    establish(api);
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 3 } };
    expect(api.want('POST', WIDGETS, widget)).toMatchObject({ spec: { size: 3 }, metadata: { generation: 1 } });
    expect(names(api.want('GET', '/apis/example.com/v1/widgets'))).toEqual(['a']);
    const older = api.want('GET', '/apis/example.com/v1beta1/namespaces/default/widgets/a');
    expect(older).toMatchObject({ apiVersion: 'example.com/v1beta1', spec: { size: 3 } });
  });

  it('refuses bad metadata of a custom object, and keeps fields that nobody knows', () => {
    const api = new TestApi();
    establish(api);
    const answer = api.ask('POST', WIDGETS, { kind: 'Widget', metadata: { name: 'a', labels: 3 } });
    expect(message(answer)).toContain('of type map[string]string');
    const kept = api.want('POST', WIDGETS, { kind: 'Widget', metadata: { name: 'b' }, anything: [1] });
    expect(kept).toMatchObject({ anything: [1] });
  });

  it('are gone when the definition is, and their watches end', () => {
    const api = new TestApi();
    establish(api);
    const id = api.send('GET', `${WIDGETS}?watch=true`);
    api.advance(SECOND);
    api.want('DELETE', `${DEFINITIONS}/widgets.example.com`);
    api.advance(SECOND);
    expect(api.closed.has(id)).toBe(true);
    expect(api.ask('GET', WIDGETS).code).toBe(404);
  });
});
