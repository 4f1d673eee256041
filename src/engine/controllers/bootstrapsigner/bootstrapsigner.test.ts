import { expect, it } from 'vitest';
import { encodeBase64 } from '#engine/api/base64';
import type { KubeObject, Secret } from '#engine/api/types';
import type { Change, UpdateStep } from '#engine/client/plan';
import { SECOND } from '#engine/kernel/time';
import { at, configMap, meta } from '../testing/builders';
import { situation, viewOfObjects } from '../testing/view';
import { tokenCleaner } from '../tokencleaner/controller';
import { bootstrapSigner } from './controller';
import { detachedSignature } from './signature';

const KUBECONFIG = 'apiVersion: v1\nkind: Config\n';

function token(id: string, over: Record<string, string> = {}, name = `bootstrap-token-${id}`): Secret {
  const fields = { 'token-id': id, 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', ...over };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta('Secret', name, { namespace: 'kube-system' }),
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, encodeBase64(text)])),
  };
}
const info = (data: Record<string, string>): KubeObject =>
  ({ ...configMap('cluster-info', { namespace: 'kube-public' }), data }) as KubeObject;
const signed = (data: Record<string, string>, ...secrets: readonly Secret[]): unknown => {
  const view = viewOfObjects([info(data), ...secrets]);
  const { steps } = bootstrapSigner.reconcile(view, 'kube-public/cluster-info', situation({ now: 10 * SECOND }));
  return steps.map((step) => ((step as UpdateStep).object as { data?: unknown }).data);
};
const signature = (id: string, secret = '0123456789abcdef'): string => detachedSignature(KUBECONFIG, id, secret);

// pkg/controller/bootstrap/jws_test.go, TestComputeDetachedSig; the others by openssl
it.each([
  [
    'Hello from the other side. I must have called a thousand times.',
    'my voice is my passcode',
    'VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8',
  ],
  ['', 'my voice is my passcode', '7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk'],
  [
    'Hello from the other side. I must have called a thousand times.',
    '',
    'UfkqvDGiIFxrMnFseDj9LYJOLNrvjW8aHhF71mvvAs8',
  ],
  ['ünï', 'é'.repeat(50), 'N8naFg_v8t3dHMwnhIcS3nn1GkLY91Jrkc3jfeTPCxY'],
])('signs %j with %j', (content, secret, expected) => {
  expect(detachedSignature(content, 'joshua', secret)).toBe(`eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..${expected}`);
});

// pkg/controller/bootstrap/bootstrapsigner_test.go, util_test.go
it.each<[string, readonly Secret[], Record<string, string>]>([
  ['one token', [token('abcdef')], { abcdef: signature('abcdef') }],
  [
    'two',
    [token('abcdef'), token('ghijkl', { 'token-secret': 'x' })],
    { abcdef: signature('abcdef'), ghijkl: signature('ghijkl', 'x') },
  ],
  ['one that lives', [token('abcdef', { expiration: at(11) })], { abcdef: signature('abcdef') }],
])('signs with %s', (_, secrets, expected) => {
  const data = {
    kubeconfig: KUBECONFIG,
    ...Object.fromEntries(Object.entries(expected).map(([id, text]) => [`jws-kubeconfig-${id}`, text])),
  };
  expect(signed({ kubeconfig: KUBECONFIG }, ...secrets)).toEqual([data]);
  expect(signed(data, ...secrets)).toEqual([]);
});

it.each<[string, Secret]>([
  ['is not for signing', token('abcdef', { 'usage-bootstrap-signing': 'TRUE' })],
  ['is over', token('abcdef', { expiration: at(10) })],
  ['is over at some time that cannot be read', token('abcdef', { expiration: 'soon' })],
  ['has another name than its id', token('abcdef', {}, 'bootstrap-token-ghijkl')],
  ['has another name', token('abcdef', {}, 'token-abcdef')],
  ['has an id that is none', token('ABCDEF')],
  ['has no secret', token('abcdef', { 'token-secret': '' })],
  ['is of another type', { ...token('abcdef'), type: 'Opaque' }],
])('does not sign with a token that %s, and takes such a signature away', (_, secret) => {
  expect(signed({ kubeconfig: KUBECONFIG }, secret)).toEqual([]);
  expect(signed({ kubeconfig: KUBECONFIG, 'jws-kubeconfig-abcdef': 'x', other: 'y' }, secret)).toEqual([
    { kubeconfig: KUBECONFIG, other: 'y' },
  ]);
});

it('signs anew what has changed, and nothing without a kubeconfig', () => {
  const data = { kubeconfig: KUBECONFIG, 'jws-kubeconfig-abcdef': 'x' };
  expect(signed(data, token('abcdef'))).toEqual([{ ...data, 'jws-kubeconfig-abcdef': signature('abcdef') }]);
  expect(signed({ 'jws-kubeconfig-abcdef': 'x' }, token('abcdef'))).toEqual([]);
});

it('looks at tokens and at the one ConfigMap', () => {
  const keys = (object: KubeObject, type: Change['type'] = 'added'): readonly string[] =>
    bootstrapSigner.keysFor({ kind: object.kind, type, object } as Change, viewOfObjects([]));
  expect(keys(info({}))).toEqual(['kube-public/cluster-info']);
  expect(keys(configMap('cluster-info'))).toEqual([]);
  expect(keys(token('abcdef'), 'deleted')).toEqual(['kube-public/cluster-info']);
  expect(keys({ ...token('abcdef'), type: 'Opaque' } as Secret)).toEqual([]);
});

// pkg/controller/bootstrap/tokencleaner_test.go
it.each<[string, Secret, object]>([
  [
    'takes away what is over',
    token('abcdef', { expiration: at(10) }),
    { steps: [{ op: 'delete', uid: 'uid-secret-bootstrap-token-abcdef' }] },
  ],
  [
    'takes away what ends at a time that cannot be read',
    token('abcdef', { expiration: 'soon' }),
    { steps: [{ op: 'delete' }] },
  ],
  ['comes back when it will be', token('abcdef', { expiration: at(25) }), { steps: [], again: 15 * SECOND }],
  ['leaves what has no end', token('abcdef'), { steps: [] }],
  ['leaves other secrets', { ...token('abcdef', { expiration: at(1) }), type: 'Opaque' }, { steps: [] }],
])('the cleaner %s', (_, secret, expected) => {
  const view = viewOfObjects([secret]);
  const plan = tokenCleaner.reconcile(view, `kube-system/${secret.metadata.name}`, situation({ now: 10 * SECOND }));
  expect(plan).toMatchObject(expected);
  expect(plan.steps).toHaveLength((expected as { steps: readonly unknown[] }).steps.length);
});

it('the cleaner looks at tokens of kube-system alone', () => {
  const keys = (object: KubeObject): readonly string[] =>
    tokenCleaner.keysFor({ kind: 'Secret', type: 'added', object } as Change, viewOfObjects([]));
  expect(keys(token('abcdef'))).toEqual(['kube-system/bootstrap-token-abcdef']);
  expect(keys({ ...token('abcdef'), metadata: meta('Secret', 'bootstrap-token-abcdef') })).toEqual([]);
});
