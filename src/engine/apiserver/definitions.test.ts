import type { CustomResourceDefinition } from '#engine/api/types';
import { describe, expect, it } from 'vitest';
import { MERGE, message, TestApi } from './testing';

const SECOND = 1_000_000;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SCHEMA = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } };

const definition = (plural: string, kind: string, more: object = {}, group = 'example.com', metadata: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, ...metadata },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind, ...more },
    versions: [{ name: 'v1', served: true, storage: true, schema: SCHEMA }],
  },
});

const read = (api: TestApi, name: string): CustomResourceDefinition =>
  api.want('GET', `${DEFINITIONS}/${name}`) as unknown as CustomResourceDefinition;

/** `Type=Status Reason: message` of each condition. */
const conditions = ({ status }: CustomResourceDefinition): string[] =>
  (status?.conditions ?? []).map(({ type, status: is, reason, message: text }) => `${type}=${is} ${reason}: ${text}`);

// apiextensions-apiserver/pkg/controller/status/naming_controller_test.go, test/integration/basic_test.go
describe('the names of a definition', () => {
  it('are accepted, and the resource established', () => {
    const api = new TestApi();
    const created = api.want('POST', DEFINITIONS, definition('widgets', 'Widget', { shortNames: ['wd'] }));
    expect(created).toMatchObject({
      metadata: { generation: 1 },
      spec: { conversion: { strategy: 'None' }, names: { singular: 'widget', listKind: 'WidgetList' } },
      status: { storedVersions: ['v1'] },
    });
    api.advance(SECOND);
    const made = read(api, 'widgets.example.com');
    expect(conditions(made)).toEqual([
      'NamesAccepted=True NoConflicts: no conflicts found',
      'Established=True InitialNamesAccepted: the initial names have been accepted',
    ]);
    expect(made.status?.acceptedNames).toEqual(made.spec.names);
    expect(made.metadata.managedFields?.map(({ manager, subresource }) => [manager, subresource])).toEqual([
      ['kube-apiserver', 'status'],
      ['kubectl', undefined],
    ]);
  });

  it('are refused while another definition of the group has them, and accepted when it is gone', () => {
    const api = new TestApi();
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget', { shortNames: ['wd'] }));
    api.advance(SECOND);
    api.want('POST', DEFINITIONS, definition('wardens', 'Widget', { shortNames: ['wd', 'widget'] }));
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget', {}, 'other.org'));
    api.advance(SECOND);
    const second = read(api, 'wardens.example.com');
    expect(conditions(second)).toEqual([
      'NamesAccepted=False ListKindConflict: "WidgetList" is already in use',
      'Established=False NotAccepted: not all names are accepted',
    ]);
    expect(second.status?.acceptedNames).toMatchObject({ plural: 'wardens' });
    expect(conditions(read(api, 'widgets.other.org'))[1]).toContain('Established=True');
    expect(api.ask('GET', '/apis/example.com/v1/wardens').code).toBe(404);

    api.want('DELETE', `${DEFINITIONS}/widgets.example.com`);
    api.advance(SECOND);
    expect(conditions(read(api, 'wardens.example.com'))).toEqual([
      'NamesAccepted=True NoConflicts: no conflicts found',
      'Established=True InitialNamesAccepted: the initial names have been accepted',
    ]);
  });

  it.each([
    [{}, ['a', 'b'], 'SingularConflict', '"widget" is already in use', { singular: 'widget' }],
    [{}, ['wd'], 'ShortNamesConflict', '"wd" is already in use', {}],
    [{}, ['wd', 'widgets'], 'ShortNamesConflict', '["wd" is already in use, "widgets" is already in use]', {}],
    [{ listKind: 'WidgetList' }, [], 'ListKindConflict', '"WidgetList" is already in use', {}],
  ])('conflict %#: %s', (more, shortNames, reason, text, names) => {
    const api = new TestApi();
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget', { shortNames: ['wd'] }));
    api.advance(SECOND);
    api.want('POST', DEFINITIONS, definition('others', 'Other', { shortNames, ...more, ...names }));
    api.advance(SECOND);
    expect(conditions(read(api, 'others.example.com'))[0]).toBe(`NamesAccepted=False ${reason}: ${text}`);
  });
});

// apiextensions-apiserver/pkg/controller/apiapproval/apiapproval_controller_test.go
describe('a definition in a group of the community', () => {
  it.each([
    ['unapproved, an experiment', 'False UnapprovedAnnotation: not approved: "unapproved, an experiment"'],
    ['https://example.com/pull/1', 'True ApprovedAnnotation: approved in https://example.com/pull/1'],
  ])('says what its annotation %j means', (annotation, expected) => {
    const api = new TestApi();
    const annotations = { 'api-approved.kubernetes.io': annotation };
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget', {}, 'sigs.k8s.io', { annotations }));
    api.advance(SECOND);
    const told = conditions(read(api, 'widgets.sigs.k8s.io'));
    expect(told).toContain(`KubernetesAPIApprovalPolicyConformant=${expected}`);
    expect(told).toHaveLength(3);
  });

  it('needs one', () => {
    const api = new TestApi();
    const answer = api.ask('POST', DEFINITIONS, definition('widgets', 'Widget', {}, 'sigs.k8s.io'));
    expect(message(answer)).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "widgets.sigs.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    );
  });
});

const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const widget = (name: string, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...metadata },
});

// apiextensions-apiserver/test/integration/finalization_test.go
describe('a definition that is deleted', () => {
  it('takes its objects with it', () => {
    const api = new TestApi();
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget'));
    api.advance(SECOND);
    for (const name of ['a', 'b']) api.want('POST', WIDGETS, widget(name));
    const watch = api.watch(`${WIDGETS}?watch=true&resourceVersion=0`);
    api.want('DELETE', `${DEFINITIONS}/widgets.example.com`);
    api.advance(SECOND);
    expect(watch.events()).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b']);
    expect(api.closed.has(watch.id)).toBe(true);
    expect(api.ask('GET', `${DEFINITIONS}/widgets.example.com`).code).toBe(404);
    expect(api.ask('GET', WIDGETS).code).toBe(404);
  });

  it('waits for the finalizers of its objects', () => {
    const api = new TestApi();
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget'));
    api.advance(SECOND);
    api.want('POST', WIDGETS, widget('a', { finalizers: ['example.com/hold'] }));
    const answer = api.want('DELETE', `${DEFINITIONS}/widgets.example.com`);
    expect(conditions(answer as unknown as CustomResourceDefinition)[2]).toBe(
      'Terminating=True InstanceDeletionPending: CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    );
    api.advance(SECOND);
    const waiting = read(api, 'widgets.example.com');
    expect(waiting.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    expect(conditions(waiting)[2]).toBe(
      'Terminating=True InstanceDeletionInProgress: CustomResource deletion is in progress',
    );
    expect(api.want('GET', `${WIDGETS}/a`).metadata.deletionTimestamp).toBeDefined();
    api.want('PATCH', `${WIDGETS}/a`, { metadata: { finalizers: null } }, MERGE);
    api.advance(SECOND);
    expect(api.ask('GET', `${DEFINITIONS}/widgets.example.com`).code).toBe(404);
  });

  it('goes at once when it never was established', () => {
    const api = new TestApi();
    api.want('POST', DEFINITIONS, definition('widgets', 'Widget'));
    api.advance(SECOND);
    api.want('POST', DEFINITIONS, definition('others', 'Widget'));
    api.advance(SECOND);
    api.want('DELETE', `${DEFINITIONS}/others.example.com`);
    api.advance(SECOND);
    expect(api.ask('GET', `${DEFINITIONS}/others.example.com`).code).toBe(404);
  });
});
