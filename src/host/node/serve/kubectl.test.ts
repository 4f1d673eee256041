/**
 * Real kubectl commands against a served cluster: what each prints, to the letter, in `transcripts/`. The clock stands still
 * unless a step says that it runs, so that the outputs do not depend on the speed of this computer. To add a command, add a step, run
 * this file with `-u`, and read the difference before you accept it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASICS, WEB } from './stories/basics';
import { Stage } from './telling';
import { advance, kubectlBinaries, RealKubectl } from './testing';

const stage = new Stage(BASICS);

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

  it.each(kubectlBinaries().map((path) => [path.slice(path.lastIndexOf('/') + 1), path] as const))(
    '%s explains, applies, diffs and refuses by what OpenAPI says',
    async (name, path) => {
      const command = new RealKubectl(path, stage.cluster.kubeconfig);
      const namespace = name.replaceAll('.', '-');
      await command.run(['create', 'namespace', namespace]);
      const { stdout: explained } = await command.run(['explain', 'pod.spec.containers.ports']);
      expect(explained).toContain('ContainerPort represents a network port in a single container.');
      const apply = (text: string) => command.run(['apply', '-n', namespace, '-f', '-'], text);
      expect((await apply(WEB)).stdout).toBe('deployment.apps/web created\nservice/web created\n');
      const more = WEB.replace('- containerPort: 80', '- containerPort: 80\n        - containerPort: 81');
      const { stdout: differs } = await command.run(['diff', '-n', namespace, '-f', '-'], more);
      expect(differs).toContain('+        - containerPort: 81');
      expect((await apply(more)).stdout).toBe('deployment.apps/web configured\nservice/web unchanged\n');
      expect((await apply(WEB.replace('replicas: 2', 'replica: 2'))).stderr).toContain('unknown field "spec.replica"');
      command.remove();
    },
    60_000,
  );

  it('applies on the server side, takes over from client-side apply, and says who is in the way', async () => {
    const map = (value: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: owned}, data: {x: "${value}"}}`;
    const apply = (value: string, ...flags: string[]) => stage.kubectl.run(['apply', ...flags, '-f', '-'], map(value));
    expect((await apply('1')).stdout).toBe('configmap/owned created\n');
    expect((await apply('2', '--server-side')).stdout).toBe('configmap/owned serverside-applied\n');
    const other = ['--server-side', '--field-manager=other'];
    const refused = await apply('3', ...other);
    expect([refused.code, refused.stderr.split('\n', 1)[0]]).toEqual([
      1,
      'error: Apply failed with 1 conflict: conflict with "kubectl": .data.x',
    ]);
    expect((await apply('3', ...other, '--force-conflicts')).stdout).toBe('configmap/owned serverside-applied\n');
    const managers = 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{"\\n"}{end}';
    const { stdout } = await stage.kubectl.run(['get', 'configmap', 'owned', '--show-managed-fields', '-o', managers]);
    expect(stdout).toBe('kubectl-last-applied Apply\nother Apply\n');
    await stage.kubectl.run(['delete', 'configmap', 'owned']);
  }, 60_000);

  it('forwards a port, copies files and runs commands by SPDY and by WebSocket, as each version does', async () => {
    await stage.kubectl.run(['run', 'pages', '--image=nginx:1.27']);
    await advance(stage.cluster.url, '1m');
    const binaries = kubectlBinaries();
    for (const path of new Set([binaries[0] ?? '', binaries.at(-1) ?? ''])) {
      const command = new RealKubectl(path, stage.cluster.kubeconfig);
      expect(await command.run(['exec', '-i', 'pages', '--', 'cat'], 'typed')).toMatchObject({
        code: 0,
        stdout: 'typed',
      });
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) & 255);
      writeFileSync(join(command.home, 'there'), bytes);
      expect(await command.run(['cp', 'there', 'pages:/tmp/there'])).toMatchObject({ code: 0, stdout: '' });
      await command.run(['cp', 'pages:tmp/there', 'back']);
      expect(new Uint8Array(readFileSync(join(command.home, 'back')))).toEqual(bytes);
      const forward = command.start(['port-forward', 'pod/pages', ':80']);
      const [, port = ''] = await forward.prints(/127\.0\.0\.1:(\d+)/);
      const page = await fetch(`http://127.0.0.1:${port}/`);
      expect({ status: page.status, title: (await page.text()).includes('Welcome to nginx!') }).toEqual({
        status: 200,
        title: true,
      });
      forward.stop();
      command.remove();
    }
  }, 60_000);
});
