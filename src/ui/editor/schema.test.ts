import { describe, expect, it } from 'vitest';
import type { Model, Models } from '#engine/api/openapi/models';
import { problemsIn } from './check-manifest';
import { manifestOf, plannedChanges } from './planned-changes';
import { placeAt, typeText } from './schema';

const model = (name: string, fields: Model['fields'], required: readonly string[] = []): Model => ({
  name,
  description: '',
  required,
  fields,
});

const models: Models = {
  Deployment: model('io.k8s.api.apps.v1.Deployment', {
    apiVersion: ['s', ''],
    kind: ['s', ''],
    metadata: ['ObjectMeta', ''],
    spec: ['DeploymentSpec', ''],
  }),
  ObjectMeta: model('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', { name: ['s', ''], labels: ['{s', ''] }),
  DeploymentSpec: model(
    'io.k8s.api.apps.v1.DeploymentSpec',
    { replicas: ['i', 'Number of desired pods.'], paused: ['b', ''], template: ['PodTemplateSpec', ''] },
    ['template'],
  ),
  PodTemplateSpec: model('io.k8s.api.core.v1.PodTemplateSpec', { spec: ['PodSpec', ''] }),
  PodSpec: model('io.k8s.api.core.v1.PodSpec', {
    containers: ['[Container', ''],
    restartPolicy: ['s', '', ['Always', 'Never', 'OnFailure']],
  }),
  Container: model('io.k8s.api.core.v1.Container', { name: ['s', ''], image: ['s', ''], command: ['[s', ''] }, [
    'name',
  ]),
};

const HEAD = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n';
/** A place is where `|` stands. */
const at = (text: string) => placeAt(text.replace('|', ''), text.indexOf('|'), models);

describe('a place in a manifest', () => {
  it.each([
    ['the top', `${HEAD}|`, 'Deployment', []],
    ['a key below spec', `${HEAD}  re|`, 'DeploymentSpec', ['spec']],
    [
      'an element of a list, its dash not indented',
      `${HEAD}  template:\n    spec:\n      containers:\n      - na|`,
      'Container',
      ['spec', 'template', 'spec', 'containers'],
    ],
    [
      'a later key of an element',
      `${HEAD}  template:\n    spec:\n      containers:\n        - name: a\n          im|`,
      'Container',
      ['spec', 'template', 'spec', 'containers'],
    ],
    [
      'behind a block of text',
      `${HEAD}  template:\n    spec:\n      containers:\n        - command:\n            - |-\n`.replace('|-', '>-') +
        '              kind: fooled\n          |',
      'Container',
      ['spec', 'template', 'spec', 'containers'],
    ],
    ['a second document', `kind: Service\n---\n${HEAD}  |`, 'DeploymentSpec', ['spec']],
    ['a key of a map', `${HEAD.replace('spec:\n', '')}  labels:\n    a|`, null, ['metadata', 'labels']],
    ['a kind that nobody knows', 'apiVersion: v1\nkind: Thing\nspec:\n  |', null, ['spec']],
  ])('%s', (_, text, type, path) => {
    const place = at(text);
    expect(place.path).toEqual(path);
    expect(place.model?.name.split('.').at(-1) ?? null).toBe(type);
  });

  it('knows what stands beside it, and its key', () => {
    expect([...at(`${HEAD}  replicas: 3\n  p|\n  template: {}\n`).siblings]).toEqual(['replicas', 'template']);
    expect(at(`${HEAD}  paused: |`).key).toBe('paused');
  });

  it.each([
    ['[Container', '[]Container'],
    ['{s', 'map[string]string'],
    ['x', 'integer or string'],
    ['autoscaling.HorizontalPodAutoscalerSpec', 'HorizontalPodAutoscalerSpec'],
  ])('the type %s reads %s', (code, text) => expect(typeText(code)).toBe(text));
});

describe('a manifest is checked', () => {
  it.each([
    ['replica: 3\n  template: {}', 'unknown field "spec.replica"', 'replica'],
    ['replicas: "3"\n  template: {}', 'spec.replicas: integer is expected', '"3"'],
    [
      'template: {spec: {containers: {name: a}}}',
      'spec.template.spec.containers: a list ([]Container) is expected',
      '{name: a}',
    ],
    [
      'template: {spec: {containers: [{image: a}]}}',
      'missing required field "spec.template.spec.containers[0].name"',
      '{image: a}',
    ],
    [
      'template: {spec: {restartPolicy: Sometimes}}',
      'spec.template.spec.restartPolicy: supported values: "Always", "Never", "OnFailure"',
      'Sometimes',
    ],
  ])('%s', (spec, message, marked) => {
    const text = `${HEAD}  ${spec}\n`;
    const [problem, ...more] = problemsIn(text, models);
    expect(more).toEqual([]);
    expect(problem?.message).toBe(message);
    expect(text.slice(problem!.from, problem!.to)).toBe(marked);
  });

  it('and nothing is said of what is right, broken, foreign or huge', () => {
    for (const text of [
      `${HEAD}  template: {}\n`,
      'kind: [',
      'apiVersion: v9\nkind: Thing\nfoo: bar\n',
      '',
      '- 1\n',
      `${HEAD}  wrong: ${'x'.repeat(300_000)}\n`,
    ]) {
      expect(problemsIn(text, models)).toEqual([]);
    }
  });
});

describe('what applying would change', () => {
  const live = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      uid: 'u',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"paused":true,"replicas":2}}' },
    },
    spec: {
      replicas: 2,
      paused: true,
      strategy: { type: 'Recreate' },
      containers: [{ name: 'a', image: 'x', tty: false }],
    },
    status: { replicas: 2 },
  };

  it('is what the manifest says otherwise, and what it says no more', () => {
    const manifest = {
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 5, containers: [{ name: 'a', image: 'y' }] },
    };
    expect(plannedChanges(live, manifest)).toEqual([
      { path: 'spec.replicas', before: '2', after: '5', by: [] },
      { path: 'spec.containers[a].image', before: '"x"', after: '"y"', by: [] },
      { path: 'spec.paused', before: 'true', after: null, by: [] },
    ]);
  });

  it('is nothing for the object itself as it is edited', () => {
    const text = manifestOf(live);
    expect(text).not.toMatch(/uid|status|last-applied|annotations/);
    expect(text).toContain('image: x');
  });
});
