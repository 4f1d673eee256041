/** More stories of real kubectl commands, as in `kubectl.test.ts`: generators, what changes objects, and what describes each kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from './stories/kinds';
import { Stage } from './telling';
import { advance } from './testing';

const stage = new Stage(KINDS);

describe.skipIf(stage.absent)(`kubectl${stage.why}`, () => {
  beforeAll(() => stage.begin());
  afterAll(() => stage.end());

  it.each(stage.names)(
    '%s',
    async (name) => {
      await expect(await stage.tell(name)).toMatchFileSnapshot(`transcripts/${name}.txt`);
    },
    60_000,
  );

  it('is a proxy, for the API and for what runs behind it', async () => {
    await stage.kubectl.run(['run', 'pages', '--image=nginx:1.27', '--expose', '--port=80']);
    await advance(stage.cluster.url, '1m');
    const proxy = stage.kubectl.start(['proxy', '--port=0']);
    const [address = ''] = await proxy.prints(/127\.0\.0\.1:\d+/);
    const get = async (path: string): Promise<readonly [number, string]> => {
      const response = await fetch(`http://${address}${path}`);
      return [response.status, await response.text()];
    };
    expect(await get('/version')).toEqual([200, expect.stringContaining('"gitVersion": "v1.35.5"')]);
    const services = '/api/v1/namespaces/default/services';
    expect(await get(`${services}/pages:80/proxy/`)).toEqual([200, expect.stringContaining('Welcome to nginx!')]);
    expect(await get(`${services}/none/proxy/`)).toEqual([
      404,
      expect.stringContaining('services \\"none\\" not found'),
    ]);
    proxy.stop();
  });

  it('dumps what there is to know of the cluster', async () => {
    const folder = join(stage.kubectl.home, 'dump');
    const { code, stdout } = await stage.kubectl.run(['cluster-info', 'dump', `--output-directory=${folder}`]);
    expect([code, stdout]).toEqual([0, `Cluster info dumped to ${folder}\n`]);
    const pods = JSON.parse(readFileSync(join(folder, 'kube-system', 'pods.json'), 'utf8')) as {
      readonly items: unknown[];
    };
    expect(pods.items.length).toBeGreaterThan(3);
    const logs = join(folder, 'kube-system', 'etcd-control-plane-1', 'logs.txt');
    expect(readFileSync(logs, 'utf8')).toContain(
      '==== START logs for container etcd of pod kube-system/etcd-control-plane-1',
    );
  });

  it('watches with the kinds of events', async () => {
    const watch = stage.kubectl.start(['get', 'configmaps', '--watch', '--output-watch-events']);
    await watch.prints(/^EVENT +NAME +DATA +AGE\n(?:.*\n)*ADDED +kube-root-ca\.crt +1 +/);
    await stage.kubectl.run(['create', 'configmap', 'seen', '--from-literal=a=b']);
    await advance(stage.cluster.url, '1s');
    const [line] = await watch.prints(/^.* seen .*$/m);
    expect(line).toMatch(/^ADDED +seen +1 +[01]s$/);
    watch.stop();
  });
});
