// long: one table of refusals
/**
 * What the API server answers to requests that it refuses, to the letter.
 * validation.md 0, 1.2, 1.3, 2.3, 2.4, 3; apiserver-kubelet-network-etcd.md 1.6 to 1.14.
 */
import { describe, expect, it } from 'vitest';
import {
  bind,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  MERGE,
  message,
  pod,
  PODS,
  withAccount,
} from './testing';
import { type Asked } from './testing';
import type { Method } from './wire';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const APPLY: Asked = { contentType: 'application/apply-patch+yaml' };
const JSON_PATCH: Asked = { contentType: 'application/json-patch+json' };
const STRATEGIC: Asked = { contentType: 'application/strategic-merge-patch+json' };
const binding = (target: object) => ({ apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target });
const MANAGER = 'm'.repeat(129);
const QN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LV =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const OPTIONS = (kind: string, text: string): string => `${kind}Options.meta.k8s.io "" is invalid: ${text}`;
const encoded = (text: string): string => encodeURIComponent(text);

type Row = readonly [string, Method, string, unknown, Asked, number, string, string];

// A world with ConfigMap `a`, Deployment `web` and a pod `p` that is not bound.
const ROWS: readonly Row[] = [
  ['an object that is not there', 'GET', `${PODS}/x`, undefined, {}, 404, 'NotFound', 'pods "x" not found'],
  ['one of a group', 'GET', `${DEPLOYMENTS}/x`, undefined, {}, 404, 'NotFound', 'deployments.apps "x" not found'],
  ['one of a cluster', 'GET', '/api/v1/nodes/x', undefined, {}, 404, 'NotFound', 'nodes "x" not found'],
  [
    'one that exists',
    'POST',
    DEPLOYMENTS,
    deployment('web'),
    {},
    409,
    'AlreadyExists',
    'deployments.apps "web" already exists',
  ],
  [
    'another name',
    'PUT',
    `${CONFIG_MAPS}/a`,
    configMap('b'),
    {},
    400,
    'BadRequest',
    'the name of the object (b) does not match the name on the URL (a)',
  ],
  ['no name', 'PUT', `${CONFIG_MAPS}/a`, configMap(''), {}, 400, 'BadRequest', 'name must be provided'],
  [
    'another namespace',
    'PUT',
    `${CONFIG_MAPS}/a`,
    configMap('a', { namespace: 'b' }),
    {},
    400,
    'BadRequest',
    'the namespace of the object (b) does not match the namespace on the request (default)',
  ],
  [
    'a name that no path can hold',
    'GET',
    `${CONFIG_MAPS}/x%`,
    undefined,
    {},
    400,
    'BadRequest',
    'Name parameter invalid: "x%": may not contain \'%\'',
  ],
  [
    'another kind',
    'POST',
    PODS,
    configMap('a'),
    {},
    400,
    'BadRequest',
    'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
  ],
  [
    'another version',
    'POST',
    DEPLOYMENTS,
    { ...deployment('x'), apiVersion: 'apps/v1beta1' },
    {},
    400,
    'BadRequest',
    'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
  ],
  [
    'a media type',
    'PATCH',
    `${CONFIG_MAPS}/a`,
    {},
    { contentType: 'text/plain' },
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
  ],
  [
    'a method',
    'POST',
    `${CONFIG_MAPS}/a`,
    configMap('a'),
    {},
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  ],
  // ----- options
  [
    'dryRun',
    'POST',
    `${CONFIG_MAPS}?dryRun=x`,
    configMap('b'),
    {},
    422,
    'Invalid',
    OPTIONS('Create', 'dryRun: Unsupported value: ["x"]: supported values: "All"'),
  ],
  [
    'fieldValidation',
    'POST',
    `${CONFIG_MAPS}?fieldValidation=x`,
    configMap('b'),
    {},
    422,
    'Invalid',
    OPTIONS('Create', 'fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"'),
  ],
  [
    'a long manager',
    'POST',
    `${CONFIG_MAPS}?fieldManager=${MANAGER}`,
    configMap('b'),
    {},
    422,
    'Invalid',
    OPTIONS('Create', 'fieldManager: Too long: may not be more than 128 bytes'),
  ],
  [
    'apply without manager',
    'PATCH',
    `${CONFIG_MAPS}/a`,
    configMap('a'),
    APPLY,
    422,
    'Invalid',
    OPTIONS('Patch', 'fieldManager: Required value: is required for apply patch'),
  ],
  [
    'force',
    'PATCH',
    `${CONFIG_MAPS}/a?force=true`,
    {},
    MERGE,
    422,
    'Invalid',
    OPTIONS('Patch', 'force: Forbidden: may not be specified for non-apply patch'),
  ],
  [
    'propagation',
    'DELETE',
    `${CONFIG_MAPS}/a`,
    { propagationPolicy: 'x' },
    {},
    422,
    'Invalid',
    OPTIONS(
      'Delete',
      'propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
    ),
  ],
  [
    'two propagations',
    'DELETE',
    `${CONFIG_MAPS}/a`,
    { propagationPolicy: 'Orphan', orphanDependents: true },
    {},
    422,
    'Invalid',
    OPTIONS(
      'Delete',
      'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ),
  ],
  // ----- lists and watches
  [
    'a match with continue',
    'GET',
    `${CONFIG_MAPS}?resourceVersionMatch=NotOlderThan&resourceVersion=1&continue=x`,
    undefined,
    {},
    422,
    'Invalid',
    OPTIONS('List', 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided'),
  ],
  [
    'a name and another',
    'GET',
    `${CONFIG_MAPS}/a?watch=true&fieldSelector=metadata.name%3Db`,
    undefined,
    {},
    400,
    'BadRequest',
    "fieldSelector metadata.name doesn't match requested name",
  ],
  [
    'a watch of what is not stored',
    'GET',
    '/api/v1/componentstatuses?watch=true',
    undefined,
    {},
    405,
    'MethodNotAllowed',
    'watch is not supported on resources of kind "componentstatuses"',
  ],
  [
    'selector a=b=c',
    'GET',
    `${CONFIG_MAPS}?labelSelector=${encoded('a=b=c')}`,
    undefined,
    {},
    400,
    'BadRequest',
    "found '=', expected: ',' or 'end of string'",
  ],
  [
    'selector a in b',
    'GET',
    `${CONFIG_MAPS}?labelSelector=${encoded('a in b')}`,
    undefined,
    {},
    400,
    'BadRequest',
    "unable to parse requirement: found 'b' expected: '('",
  ],
  [
    'selector -a',
    'GET',
    `${CONFIG_MAPS}?labelSelector=${encoded('-a=b')}`,
    undefined,
    {},
    400,
    'BadRequest',
    `unable to parse requirement: key: Invalid value: "-a": name part ${QN}`,
  ],
  [
    'selector of a value',
    'GET',
    `${CONFIG_MAPS}?labelSelector=${encoded('a=-')}`,
    undefined,
    {},
    400,
    'BadRequest',
    `unable to parse requirement: values[0][a]: Invalid value: "-": ${LV}`,
  ],
  [
    'a field of no pod',
    'GET',
    `${PODS}?fieldSelector=${encoded('spec.foo=1')}`,
    undefined,
    {},
    400,
    'BadRequest',
    'field label not supported: spec.foo',
  ],
  [
    'a field of no ConfigMap',
    'GET',
    `${CONFIG_MAPS}?fieldSelector=${encoded('spec.foo=1')}`,
    undefined,
    {},
    400,
    'BadRequest',
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [
    'a field of no Job',
    'GET',
    `/apis/batch/v1/jobs?fieldSelector=${encoded('x=1')}`,
    undefined,
    {},
    400,
    'BadRequest',
    'field label "x" not supported for Job',
  ],
  [
    'a field without value',
    'GET',
    `${PODS}?fieldSelector=x`,
    undefined,
    {},
    400,
    'BadRequest',
    "invalid selector: 'x'; can't understand 'x'",
  ],
  // ----- writes
  [
    'no resourceVersion',
    'PUT',
    `${LEASES}/l`,
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: { holderIdentity: 'x' } },
    {},
    422,
    'Invalid',
    'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  ],
  [
    'an unknown field, applied',
    'PATCH',
    `${DEPLOYMENTS}/web?fieldManager=m`,
    { ...deployment('web'), metadata: { name: 'web', namespace: 'default' }, spec: { foo: 1 } },
    APPLY,
    500,
    '',
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
  ],
  [
    'a uid that is nowhere',
    'PATCH',
    `${CONFIG_MAPS}/new?fieldManager=m`,
    configMap('new', { uid: 'u' }),
    APPLY,
    409,
    'Conflict',
    'Operation cannot be fulfilled on configmaps "new": uid mismatch: the provided object specified uid u, and no existing object was found',
  ],
  [
    'a body that is a list',
    'POST',
    CONFIG_MAPS,
    [],
    {},
    400,
    'BadRequest',
    'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
  ],
  [
    'a broken quantity',
    'POST',
    PODS,
    pod('q', {}, { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: 'abc' } } }] }),
    {},
    400,
    'BadRequest',
    'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression \'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$\'',
  ],
  [
    'a suffix',
    'POST',
    PODS,
    pod('q', {}, { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1K' } } }] }),
    {},
    400,
    'BadRequest',
    'Pod in version "v1" cannot be handled as a Pod: unable to parse quantity\'s suffix',
  ],
  // ----- subresources
  [
    'a target that is no node',
    'POST',
    `${PODS}/p/binding`,
    binding({ kind: 'Pod', name: 'n' }),
    {},
    422,
    'Invalid',
    'Binding "p" is invalid: target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
  ],
  [
    'a target without name',
    'POST',
    `${PODS}/p/binding`,
    binding({ kind: 'Node', name: '' }),
    {},
    422,
    'Invalid',
    'Binding "p" is invalid: target.name: Required value',
  ],
  [
    'a gated pod',
    'POST',
    `${PODS}/gated/binding`,
    { ...binding({ kind: 'Node', name: 'n' }), metadata: { name: 'gated' } },
    {},
    409,
    'Conflict',
    'Operation cannot be fulfilled on pods/binding "gated": pod gated has non-empty .spec.schedulingGates',
  ],
  [
    'a pod that goes',
    'POST',
    `${PODS}/leaving/binding`,
    { ...binding({ kind: 'Node', name: 'n' }), metadata: { name: 'leaving' } },
    {},
    409,
    'Conflict',
    'Operation cannot be fulfilled on pods/binding "leaving": pod leaving is being deleted, cannot be assigned to a host',
  ],
  [
    'a log of none of two',
    'GET',
    `${PODS}/two/log`,
    undefined,
    {},
    400,
    'BadRequest',
    'a container name must be specified for pod two, choose one of: [a b]',
  ],
  [
    'a log of another',
    'GET',
    `${PODS}/two/log?container=x`,
    undefined,
    {},
    400,
    'BadRequest',
    'container x is not valid for pod two',
  ],
  [
    'exec nowhere',
    'POST',
    `${PODS}/p/exec?command=ls&stdout=true`,
    undefined,
    {},
    400,
    'BadRequest',
    'pod p does not have a host assigned',
  ],
  [
    'a short token',
    'POST',
    '/api/v1/namespaces/default/serviceaccounts/default/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 599 } },
    {},
    422,
    'Invalid',
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
  ],
  [
    'a long token',
    'POST',
    '/api/v1/namespaces/default/serviceaccounts/default/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 4_294_967_297 } },
    {},
    422,
    'Invalid',
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
  ],
  [
    'a namespace that stays',
    'DELETE',
    '/api/v1/namespaces/kube-system',
    undefined,
    {},
    403,
    'Forbidden',
    'namespaces "kube-system" is forbidden: this namespace may not be deleted',
  ],
];

describe('a request is refused', () => {
  const api = withAccount();
  api.want('POST', CONFIG_MAPS, configMap('a'));
  api.want('POST', DEPLOYMENTS, deployment('web'));
  api.want('PUT', `${LEASES}/l`, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } });
  api.want('POST', PODS, pod('p'));
  api.want('POST', PODS, pod('gated', {}, { schedulingGates: [{ name: 'g' }] }));
  api.want('POST', PODS, pod('leaving', { finalizers: ['a.io/b'] }));
  api.want('DELETE', `${PODS}/leaving`);
  api.want('POST', PODS, pod('two', {}, { containers: ['a', 'b'].map((name) => ({ name, image: 'i:1' })) }));

  it.each(ROWS)('for %s', (_what, method, path, body, more, code, reason, text) => {
    const answer = api.ask(method, path, body, more);
    const status = answer.body as { reason?: string; status: string; code: number };
    expect([answer.code, status.reason ?? '', status.status, status.code, message(answer)]).toEqual([
      code,
      reason,
      'Failure',
      code,
      text,
    ]);
  });

  const WRONG = ' "" is invalid: patch: Invalid value: ';
  it.each<[object, Asked, string]>([
    [
      { spec: { foo: 1 } },
      STRATEGIC,
      `${WRONG}"map[spec:map[foo:1]]": strict decoding error: unknown field "spec.foo"`,
    ],
    [{ spec: { replicas: 'x' } }, STRATEGIC, `${WRONG}"map[spec:map[replicas:x]]": unrecognized type: int32`],
    [
      { spec: { template: { spec: { volumes: {} } } } },
      STRATEGIC,
      `${WRONG}"map[spec:map[template:map[spec:map[volumes:map[]]]]]": cannot restore slice from map`,
    ],
    [{ spec: [1] }, STRATEGIC, `${WRONG}"map[spec:[1]]": cannot restore struct from: slice`],
    [
      { metadata: { foo: 1 } },
      MERGE,
      expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: "\{.*\\"foo\\":1.*\}": strict decoding error: unknown field "metadata\.foo"$/,
      ) as string,
    ],
    [
      [{ op: 'add', path: '/spec/foo', value: 1 }],
      JSON_PATCH,
      expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: unknown field "spec\.foo"$/,
      ) as string,
    ],
    [
      { spec: { replicas: 'x' } },
      MERGE,
      expect.stringMatching(
        /": json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
      ) as string,
    ],
  ])('for what the patch %j makes', (patch, more, text) => {
    const answer = api.ask('PATCH', `${DEPLOYMENTS}/web?fieldValidation=Strict`, patch, more);
    expect([answer.code, (answer.body as { details: object }).details]).toEqual([
      422,
      { causes: [{ field: 'patch', reason: 'FieldValueInvalid', message: expect.any(String) as string }] },
    ]);
    expect(message(answer)).toEqual(text);
  });

  it('bound already', () => {
    bind(api, 'p', 'n1');
    expect(message(bind(api, 'p', 'n2'))).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    );
  });
});
