import { describe, expect, it } from 'vitest';
import { unknownPath } from '#engine/api/status-error';
import { TestApi } from './testing';
import { certified } from './wire';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** As client-go asks. @source client-go discovery/discovery_client.go (acceptDiscoveryFormats) */
const CLIENT_GO = `${AGGREGATED},${AGGREGATED.replace('v=v2', 'v=v2beta1')},application/json`;

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[];
  }[];
}
interface Resource {
  readonly resource: string;
  readonly responseKind: object;
  readonly subresources?: readonly { readonly subresource: string; readonly verbs: readonly string[] }[];
}

// api/discovery/{apis,aggregated_v2}.json
describe('discovery', () => {
  it('lists the groups in the order of the real server, of autoscaling v2 first', () => {
    const { groups } = new TestApi().want('GET', '/apis') as unknown as {
      groups: { name: string; preferredVersion: { version: string }; versions: { version: string }[] }[];
    };
    expect(groups.map(({ name }) => name).slice(0, 6)).toEqual([
      'apiregistration.k8s.io',
      'apps',
      'events.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'autoscaling',
    ]);
    const autoscaling = groups.find(({ name }) => name === 'autoscaling');
    expect(autoscaling?.versions.map(({ version }) => version)).toEqual(['v2', 'v1']);
    expect(autoscaling?.preferredVersion.version).toBe('v2');
  });

  it('tells client-go everything in two documents', () => {
    const api = new TestApi();
    const answer = api.ask('GET', '/apis', undefined, { accept: CLIENT_GO });
    expect(answer.contentType).toBe(AGGREGATED);
    expect(answer.headers?.['etag']).toMatch(/^"[0-9A-F]{64}"$/);
    const { items } = answer.body as Listed;
    const deployments = items
      .find(({ metadata }) => metadata.name === 'apps')
      ?.versions[0]?.resources.find(({ resource }) => resource === 'deployments');
    expect(deployments).toMatchObject({
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      shortNames: ['deploy'],
      categories: ['all'],
    });
    expect(deployments?.subresources?.map(({ subresource }) => subresource)).toEqual(['scale', 'status']);
    const core = api.ask('GET', '/api', undefined, { accept: CLIENT_GO }).body as Listed;
    expect(core.items.map(({ metadata }) => metadata)).toEqual([{}]);
    expect(core.items[0]?.versions[0]?.resources.map(({ resource }) => resource)).toContain('componentstatuses');
  });

  it.each([undefined, 'application/json', 'application/json, */*', 'application/json;as=Table;v=v1;g=meta.k8s.io'])(
    'answers in the old form to %s',
    (accept) => {
      const { body } = new TestApi().ask('GET', '/apis', undefined, accept === undefined ? {} : { accept });
      expect(body).toMatchObject({ kind: 'APIGroupList' });
    },
  );

  it('names the kind of a subresource where it is another', () => {
    const { resources } = new TestApi().want('GET', '/api/v1') as unknown as { resources: { name: string }[] };
    const named = (name: string): object | undefined => resources.find((resource) => resource.name === name);
    expect(named('pods/eviction')).toMatchObject({ group: 'policy', version: 'v1', kind: 'Eviction' });
    expect(named('pods/log')).toEqual({
      name: 'pods/log',
      singularName: '',
      namespaced: true,
      kind: 'Pod',
      verbs: ['get'],
    });
    expect(named('replicationcontrollers/scale')).toMatchObject({ group: 'autoscaling', kind: 'Scale' });
  });

  it.each(['/apis/extensions/v1beta1', '/apis/none/v1/things', '/a'])('has nothing at %s', (path) => {
    const { code, body } = new TestApi().ask('GET', path);
    expect([code, body]).toEqual([404, '404 page not found\n']);
  });

  // apiserver/pkg/server/handler.go (director), container.go (serviceErrorHandler)
  it.each(['/apis/batch/v1beta1/cronjobs', '/apis/policy/v1beta1', '/api/v1/nothing', '/api/v1/namespaces/a/pods/b/c'])(
    'has nothing at %s, and says so in a Status',
    (path) => {
      const { code, body } = new TestApi().ask('GET', path);
      expect([code, body]).toEqual([404, unknownPath()]);
    },
  );
});

describe('resources of which nothing is stored', () => {
  it('has an APIService for each group version, which is always available', () => {
    const api = new TestApi();
    const path = '/apis/apiregistration.k8s.io/v1/apiservices';
    const { items } = api.want('GET', path) as unknown as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['v1.', 'v1.apps', 'v2.autoscaling']),
    );
    expect(api.want('GET', `${path}/v1.apps`)).toMatchObject({
      spec: { groupPriorityMinimum: 17_800, versionPriority: 15 },
    });
    expect(api.ask('GET', `${path}/v1.nothing`).code).toBe(404);
    expect(api.ask('DELETE', `${path}/v1.apps`).code).toBe(404);
  });

  it('says which components are healthy', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { rows } = new TestApi().ask('GET', '/api/v1/componentstatuses', undefined, { accept }).body as {
      rows: { cells: string[] }[];
    };
    expect(rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
      ['scheduler', 'Unhealthy'],
      ['controller-manager', 'Unhealthy'],
      ['etcd-0', 'Healthy'],
    ]);
  });
});

// apiserver/pkg/server/healthz/healthz_test.go
describe('health', () => {
  it.each([
    ['/readyz', 200, /^ok$/],
    [
      '/readyz?verbose=',
      200,
      /\[\+\]etcd ok\n[\s\S]*\[\+\]poststarthook\/rbac\/bootstrap-roles ok\n[\s\S]*readyz check passed\n$/,
    ],
    ['/livez/etcd', 200, /^ok$/],
    ['/livez?exclude=etcd&verbose=', 200, /\[\+\]etcd excluded: ok\n/],
    ['/livez?exclude=x&verbose=', 200, /\nwarn: some health checks cannot be excluded: no matches for "x"\n/],
    ['/livez?exclude=log&verbose=', 200, /\[\+\]log excluded: ok\n/],
    ['/livez/ping', 200, /^ok$/],
    ['/livez/nothing', 404, /^404 page not found/],
  ])('%s is %d', (path, code, text) => {
    const api = new TestApi();
    api.advance(1_000_000);
    const answer = api.ask('GET', path);
    expect([answer.code, answer.body]).toEqual([code, expect.stringMatching(text)]);
  });

  it('tells who checks tokens elsewhere about their issuer', () => {
    const api = new TestApi();
    const { body, contentType } = api.ask('GET', '/.well-known/openid-configuration');
    expect([contentType, body]).toEqual([
      'application/json',
      {
        issuer: 'https://kubernetes.default.svc.cluster.local',
        jwks_uri: 'https://192.168.0.11:6443/openid/v1/jwks',
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    ]);
    const keys = api.ask('GET', '/openid/v1/jwks');
    const account = { credentials: certified('jane') };
    expect(keys.contentType).toBe('application/jwk-set+json');
    expect(keys.body).toEqual({
      keys: [
        {
          use: 'sig',
          kty: 'RSA',
          alg: 'RS256',
          e: 'AQAB',
          kid: expect.stringMatching(/^[\w-]{43}$/) as string,
          n: expect.stringMatching(/^[\w-]{342}$/) as string,
        },
      ],
    });
    expect(api.ask('GET', '/openid/v1/jwks', undefined, account).code).toBe(403);
  });

  it('counts what it does', () => {
    const api = new TestApi();
    api.want('GET', '/api/v1/pods');
    const { body, contentType } = api.ask('GET', '/metrics');
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(body).toMatch(/\napiserver_request_total\{component="apiserver",verb="LIST"\} 1\n/);
    expect(body).toMatch(/\napiserver_resource_objects\{group="",resource="namespaces"\} 4\n/);
  });
});
