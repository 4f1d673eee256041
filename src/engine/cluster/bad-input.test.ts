import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { KubeObject } from '#engine/api/types';
import { bootedStory, deployment, type Story } from './testing';

/** All that the API holds beside heartbeats and Events of the cluster's own life: names and versions. */
function holdings(t: Story): string[] {
  return [...t.records.values()]
    .filter(({ kind }) => kind !== 'Lease')
    .map(
      ({ kind, namespace, name }) =>
        `${kind}/${namespace}/${name} ${t.object<KubeObject>(kind, name, namespace)?.metadata.resourceVersion}`,
    );
}

interface Case {
  readonly what: string;
  readonly manifest: string;
  readonly error: string;
  readonly at: { readonly line: number; readonly column?: number } | null;
}

const bomb = (): string => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level++)
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${lines.join('\n')}\n`;
};

const CASES: readonly Case[] = [
  {
    what: 'invalid YAML',
    manifest: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: y\n',
    error: 'error: error parsing STDIN: error converting YAML to JSON: yaml: line 5: did not find expected key',
    at: { line: 5 },
  },
  {
    what: 'a tab for indentation',
    manifest: 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n',
    error:
      'error: error parsing STDIN: error converting YAML to JSON: yaml: line 4: found character that cannot start any token',
    at: { line: 4 },
  },
  {
    what: 'an unknown kind',
    manifest: 'apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: x}\n',
    error:
      'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Deploymnt" in version "apps/v1"\nensure CRDs are installed first',
    at: { line: 2, column: 1 },
  },
  {
    what: 'no kind',
    manifest: 'apiVersion: v1\nmetadata: {name: x}\n',
    error:
      'error: error validating "STDIN": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false',
    at: { line: 1 },
  },
  {
    what: 'a wrong type',
    manifest: deployment('x').replace('replicas: 3', 'replicas: three'),
    error:
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    at: { line: 7 },
  },
  {
    what: 'a missing required field',
    manifest: 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - image: nginx\n',
    error: 'The Pod "x" is invalid: spec.containers[0].name: Required value',
    at: { line: 6 },
  },
  {
    what: 'an unknown field',
    manifest: deployment('x').replace('replicas: 3', 'replica: 3'),
    error:
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
    at: { line: 7 },
  },
  {
    what: 'a name that is no DNS label',
    manifest: 'apiVersion: v1\nkind: Service\nmetadata: {name: My_Service}\nspec: {ports: [{port: 80}]}\n',
    error:
      "The Service \"My_Service\" is invalid: metadata.name: Invalid value: \"My_Service\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    at: { line: 3 },
  },
  {
    what: 'a selector that does not match its own template',
    manifest: deployment('x').replace('labels: {app: x}', 'labels: {app: other}'),
    error:
      'The Deployment "x" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    at: { line: 12 },
  },
  {
    what: 'a namespace that does not exist',
    manifest: deployment('x', { namespace: 'nowhere' }),
    error: 'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
    at: { line: 1 },
  },
  {
    what: 'a paste of 5 MB',
    manifest: `# ${'x'.repeat(5 * 1024 * 1024)}`,
    error: 'error: Request entity too large: limit is 3145728',
    at: { line: 1, column: 1 },
  },
  {
    what: 'an alias bomb',
    manifest: bomb(),
    error: 'error: error parsing STDIN: error converting YAML to JSON: yaml: document contains excessive aliasing',
    at: null,
  },
  { what: 'nothing', manifest: '', error: 'error: no objects passed to apply', at: null },
  {
    what: 'nothing but comments',
    manifest: '# later\n---\n# perhaps\n',
    error: 'error: no objects passed to apply',
    at: null,
  },
  {
    what: 'a list instead of an object',
    manifest: '- a\n- b\n',
    error:
      'error: error parsing STDIN: error converting YAML to JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    at: { line: 1 },
  },
];

describe('bad input', () => {
  let t: Story;
  beforeAll(() => {
    t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 2 }));
    t.until('web runs', () => t.readyPodsOf('web').length === 2, MINUTE);
    t.run(10 * SECOND);
  });

  for (const { what, manifest, error, at } of CASES) {
    it(`${what} is refused in Kubernetes' words, where it stands, and changes nothing`, () => {
      const before = holdings(t);
      const answer = t.apply(manifest);
      expect(answer).toMatchObject({ ok: false, code: 1, output: '', error });
      expect(answer.positions.slice(0, at === null ? 0 : 1)).toMatchObject(at === null ? [] : [at]);
      t.run(5 * SECOND);
      expect(holdings(t)).toEqual(before);
    });
  }

  it('one bad document of several: the others are applied', () => {
    const good = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n';
    const answer = t.apply(`${good}---\napiVersion: v1\nkind: Pod\nmetadata: {name: bad}\n`);
    expect(answer.ok).toBe(false);
    expect(answer.output).toBe('configmap/good created');
    expect(answer.positions[0]!.line).toBeGreaterThanOrEqual(5);
  });

  it('of several refused documents each has its line, as from the server', () => {
    const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
    const answer = t.apply(`${pod('one')}---\n${pod('two')}`);
    expect(answer.error.split('\n')).toEqual(
      ['one', 'two'].map(
        (name) =>
          `Error from server (Invalid): error when creating "STDIN": Pod "${name}" is invalid: spec.containers: Required value`,
      ),
    );
    expect(answer.positions.map(({ line }) => line)).toEqual([1, 5]);
  });

  it('a duplicate and a stale version are conflicts (409)', () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } };
    expect(t.request('POST', path, { body }).code).toBe(201);
    const before = holdings(t);
    expect(t.request('POST', path, { body })).toMatchObject({ code: 409, error: 'configmaps "one" already exists' });
    const stale = { ...body, metadata: { name: 'one', resourceVersion: '1' }, data: { a: '2' } };
    expect(t.request('PUT', `${path}/one`, { body: stale })).toMatchObject({
      code: 409,
      error:
        'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(holdings(t)).toEqual(before);
  });

  it('requests that make no sense get their code', () => {
    const before = holdings(t);
    expect(t.request('GET', '/nonsense').code).toBe(404);
    expect(t.request('GET', '/api/v1/namespaces/default/pods/none').code).toBe(404);
    expect(t.request('POST', '/api/v1/namespaces/default/pods', { body: 'text' }).code).toBe(400);
    expect(
      t.request('POST', '/api/v1/namespaces/default/pods', { body: { apiVersion: 'v1', kind: 'Service' } }).code,
    ).toBe(400);
    expect(
      t.request('PATCH', '/api/v1/namespaces/default/configmaps/one', { contentType: 'text/plain', body: {} }).code,
    ).toBe(415);
    expect(t.request('DELETE', '/api/v1/namespaces/default').code).toBe(403);
    expect(holdings(t)).toEqual(before);
  });
});

describe('actions that name nothing that exists', () => {
  it('change nothing', () => {
    const t = bootedStory({ recorded: false });
    t.fault({ type: 'power-off', machine: 'node-99' });
    t.fault({ type: 'kill-process', process: 'nobody/nothing' });
    t.fault({ type: 'zone-outage', zone: 'zone-z' });
    t.fault({ type: 'partition', from: ['node-99'], to: ['node-98'] });
    t.heal('no such fault');
    t.act({ type: 'power-on', machine: 'node-99' });
    t.act({ type: 'remove-machine', machine: 'control-plane-1' });
    t.act({ type: 'remove-machine', machine: 'laptop' });
    t.run(MINUTE);
    expect(t.nodes.every(({ ready }) => ready === 'True')).toBe(true);
    expect(t.machines.size).toBe(6);
  });
});
