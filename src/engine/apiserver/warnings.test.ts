/** What the API server takes and warns of: validation.md 2.4 and 3. */
import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, configMap, MERGE, message, pod, PODS, TestApi, withAccount } from './testing';

// pkg/api/pod/warnings.go, pkg/registry/core/service/strategy.go, apiserver/pkg/endpoints/handlers/create.go
describe('a write is answered with warnings', () => {
  const api = withAccount();
  const container = { name: 'c', image: 'i:1' };
  const port = (name: string, containerPort: number) => ({ name, containerPort });

  it.each<[string, object, readonly string[]]>([
    [
      'an old label',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'a variable twice',
      {
        containers: [
          {
            ...container,
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
          },
        ],
      },
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ],
    [
      'a port twice',
      { containers: [{ ...container, ports: [{ containerPort: 80 }, { containerPort: 80 }] }] },
      ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]'],
    ],
    [
      'a name of a port in two containers',
      {
        containers: [
          { ...container, ports: [port('http', 80)] },
          { ...container, name: 'd', ports: [port('http', 81)] },
        ],
      },
      [
        'spec.containers[1].ports[0]: duplicate port name "http" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
      ],
    ],
    [
      'a name of a port of an init container',
      {
        initContainers: [{ ...container, name: 'i', ports: [port('http', 80)] }],
        containers: [{ ...container, ports: [port('http', 81)] }],
      },
      [],
    ],
    [
      'parts of bytes',
      { containers: [{ ...container, resources: { limits: { memory: '100m' }, requests: { memory: '100m' } } }] },
      [
        'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
        'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      ],
    ],
    [
      'a secret without name',
      { imagePullSecrets: [{ name: '' }] },
      ['spec.imagePullSecrets[0].name: invalid empty name ""'],
    ],
    [
      'a negative grace',
      { terminationGracePeriodSeconds: -1 },
      ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
    ],
    [
      'a spread of no pods',
      { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
      ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod'],
    ],
  ])('for %s', (_what, spec, warnings) => {
    const answer = api.ask('POST', `${PODS}?dryRun=All`, pod('p', {}, spec));
    expect([answer.code, answer.warnings ?? []]).toEqual([201, warnings]);
  });

  it('for a name that no Service of its type has', () => {
    const spec = { ports: [{ port: 80 }], externalName: 'a.b' };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec };
    expect(api.ask('POST', '/api/v1/namespaces/default/services', service).warnings).toEqual([
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ]);
  });

  it('for an owner that is named twice, who is kept once', () => {
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u-1' };
    const warning =
      '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u-1';
    const other = { ...owner, uid: 'u-2' };
    const made = api.ask('POST', CONFIG_MAPS, configMap('a', { ownerReferences: [owner, other, owner] }));
    expect([made.code, made.warnings]).toEqual([201, [warning]]);
    expect(made.body).toMatchObject({ metadata: { ownerReferences: [owner, other] } });
    const patch = { metadata: { ownerReferences: [owner, owner] } };
    const patched = api.ask('PATCH', `${CONFIG_MAPS}/a`, patch, MERGE);
    expect([patched.code, patched.warnings]).toEqual([200, [warning]]);
    expect(patched.body).toMatchObject({ metadata: { ownerReferences: [owner] } });
  });
});

// pkg/apis/{core,batch,certificates}/v1/conversion.go
describe('field selectors know', () => {
  const api = new TestApi();
  const INVOLVED = 'kind namespace name uid apiVersion resourceVersion fieldPath';
  it.each<[string, string, string]>([
    [
      '/api/v1/pods',
      'metadata.name metadata.namespace spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork status.phase status.podIP status.podIPs status.nominatedNodeName spec.host',
      'field label not supported: x',
    ],
    ['/api/v1/nodes', 'metadata.name spec.unschedulable', 'field label not supported: x'],
    ['/api/v1/namespaces', 'metadata.name status.phase', 'field label not supported: x'],
    ['/api/v1/secrets', 'metadata.name metadata.namespace type', 'field label not supported: x'],
    ['/api/v1/services', 'metadata.name metadata.namespace spec.clusterIP spec.type', 'field label not supported: x'],
    [
      '/api/v1/events',
      `metadata.name reason reportingComponent source type ${INVOLVED.split(' ')
        .map((name) => `involvedObject.${name}`)
        .join(' ')}`,
      'field label not supported: x',
    ],
    ['/api/v1/replicationcontrollers', 'metadata.name status.replicas', 'field label not supported: x'],
    ['/apis/batch/v1/jobs', 'metadata.name status.successful', 'field label "x" not supported for Job'],
    [
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      'metadata.name spec.signerName',
      'field label not supported: x',
    ],
    [
      '/apis/apps/v1/replicasets',
      'metadata.name metadata.namespace',
      '"x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])('what %s can be selected by', (path, fields, refusal) => {
    for (const field of fields.split(' '))
      expect([field, api.ask('GET', `${path}?fieldSelector=${field}%3D`).code]).toEqual([field, 200]);
    const refused = api.ask('GET', `${path}?fieldSelector=x%3D1`);
    expect([refused.code, message(refused)]).toEqual([400, refusal]);
  });
});
