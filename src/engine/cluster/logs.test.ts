import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import type { Status } from '#engine/api/types';
import { bootedStory, Heard, openStreams, type Story } from './testing';

const pod = (name: string, container: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 2
  containers:
${container}`;

const shell = (name: string, script: string): string =>
  `  - {name: ${name}, image: "busybox:1.36", command: [sh, -c, '${script}']}\n`;

const logOf = (t: Story, name: string, query: Readonly<Record<string, string>> = {}) =>
  t.request('GET', `/api/v1/namespaces/default/pods/${name}/log`, { query });

function runningStory(name: string, container: string): Story {
  const t = bootedStory({ recorded: false, nodes: 1 });
  t.apply(pod(name, container));
  t.until('it runs', () => t.pod(name)?.status === 'Running', MINUTE);
  return t;
}

describe('the log of a component', () => {
  const lines = (t: Story, component: string, machine = 'control-plane-1', query = {}): string[] =>
    String(t.request('GET', `/api/v1/namespaces/kube-system/pods/${component}-${machine}/log`, { query }).body).split(
      '\n',
    );

  it('is what it says, in the form of klog or of zap, and comes to an end with its container', () => {
    const t = bootedStory({ recorded: false, nodes: 1 });
    t.run(20 * SECOND);
    const said = lines(t, 'kube-scheduler').map((line) => line.slice(30));
    expect(lines(t, 'kube-scheduler')[0]).toMatch(
      /^I0101 00:00:00\.\d{6} {7}1 server\.go\] "Starting Kubernetes Scheduler" version="v1\.35\.5"$/,
    );
    expect(said.filter((line) => !/^reflector|error retrieving/.test(line))).toEqual([
      'server.go] "Starting Kubernetes Scheduler" version="v1.35.5"',
      'secure_serving.go:211] Serving securely on 127.0.0.1:10259',
      'leaderelection.go:257] attempting to acquire leader lease kube-system/kube-scheduler...',
      'leaderelection.go:271] successfully acquired lease kube-system/kube-scheduler',
      '',
    ]);
    const etcd = lines(t, 'etcd')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as object);
    expect(etcd).toContainEqual({
      level: 'info',
      ts: expect.stringMatching(/^2026-01-01T00:00:00\.\d{6}Z$/),
      logger: 'raft',
      msg: expect.stringMatching(/^[0-9a-f]{16} became leader at term 1$/),
    });
    t.fault({ type: 'kill-process', process: 'control-plane-1/kube-scheduler' });
    t.run(60 * SECOND);
    expect(lines(t, 'kube-scheduler')[0]).toMatch(/^I0101 00:00:[3-9]/);
    expect(lines(t, 'kube-scheduler', 'control-plane-1', { previous: 'true' })[0]).toMatch(/^I0101 00:00:00/);
  });
});

describe("a pod's log", () => {
  it('holds what the container wrote: all, the last lines, since a moment, with timestamps, no more bytes than asked for', () => {
    const t = runningStory('count', shell('main', 'i=0; while true; do i=$((i+1)); echo line $i; sleep 10; done'));
    t.run(31 * SECOND);
    expect(logOf(t, 'count').body).toBe('line 1\nline 2\nline 3\nline 4\n');
    expect(logOf(t, 'count', { tailLines: '2' }).body).toBe('line 3\nline 4\n');
    expect(logOf(t, 'count', { tailLines: '0' }).body).toBe('');
    expect(logOf(t, 'count', { sinceSeconds: '15' }).body).toBe('line 3\nline 4\n');
    expect(logOf(t, 'count', { limitBytes: '10' }).body).toBe('line 1\nlin');
    expect(logOf(t, 'count', { timestamps: 'true', tailLines: '1' }).body).toMatch(
      /^2026-01-01T00:0[0-9]:[0-9]{2}\.[0-9]{6}000Z line 4\n$/,
    );
  });

  // @source pkg/apis/core/validation/validation_test.go (TestValidatePodLogOptions), pkg/registry/core/pod/strategy_test.go (TestCheckLogLocation)
  it.each([
    [
      { tailLines: '-1' },
      422,
      'PodLogOptions "two" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
    [{ limitBytes: '0' }, 422, 'PodLogOptions "two" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
    [
      { sinceSeconds: '0' },
      422,
      'PodLogOptions "two" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
    ],
    [{}, 400, 'a container name must be specified for pod two, choose one of: [a b]'],
    [{ container: 'x' }, 400, 'container x is not valid for pod two'],
    [{ container: 'a', previous: 'true' }, 400, 'previous terminated container "a" in pod "two" not found'],
  ])('is refused for %j with %i: %s', (query, code, message) => {
    expect(logOf(two(), 'two', query)).toMatchObject({ code, error: message });
  });
  let told: Story | null = null;
  const two = (): Story => (told ??= runningStory('two', shell('a', 'sleep 600') + shell('b', 'sleep 600')));

  it('is not there before the container is, nor for a pod that is not', () => {
    const t = bootedStory({ recorded: false, nodes: 1 });
    t.apply(pod('none', '  - {name: main, image: "nginx:no-such-tag"}\n'));
    t.until('the pull fails', () => t.pod('none')?.status === 'ErrImagePull', MINUTE);
    expect(logOf(t, 'none').error).toBe('container "main" in pod "none" is waiting to start: image can\'t be pulled');
    expect(logOf(t, 'nobody')).toMatchObject({ code: 404, error: 'pods "nobody" not found' });
  });

  it('of the container before the last is kept, and the crash of one shows in neither', () => {
    const t = runningStory('crash', shell('main', 'echo start $(date +%s); sleep 5; exit 1'));
    t.until('it has been restarted', () => t.pod('crash')?.restarts === 1, MINUTE);
    const now = logOf(t, 'crash').body as string;
    const before = logOf(t, 'crash', { previous: 'true' }).body as string;
    expect(before).toMatch(/^start [0-9]+\n$/);
    expect(Number(now.slice(6)) - Number(before.slice(6))).toBeGreaterThanOrEqual(5);
  });

  it('is what the real image writes, in outline, with an access log for each probe', () => {
    const t = runningStory(
      'web',
      '  - {name: main, image: "nginx:1.27", readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10}}\n',
    );
    t.run(25 * SECOND);
    const lines = (logOf(t, 'web').body as string).split('\n');
    expect(lines[0]).toBe(
      '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
    );
    expect(lines.filter((line) => line.includes('[notice] 1#1: nginx/1.27'))).toHaveLength(1);
    const access = lines.filter((line) => line.includes('kube-probe'));
    expect(access.length).toBeGreaterThanOrEqual(2);
    expect(access[0]).toMatch(
      /^10\.244\.[0-9]+\.1 - - \[01\/Jan\/2026:00:0[0-9]:[0-9]{2} \+0000\] "GET \/ HTTP\/1\.1" 200 615 "-" "kube-probe\/1\.35" "-"$/,
    );
  });
});

describe('a followed log', () => {
  const follow = (t: Story, name: string, query: Readonly<Record<string, string>> = {}): Heard =>
    new Heard(t, 'follow', {
      method: 'GET',
      path: `/api/v1/namespaces/default/pods/${name}/log`,
      query: { follow: 'true', ...query },
    });

  it('goes on as time does, and ends with the container', () => {
    const t = runningStory('count', shell('main', 'for i in 1 2 3 4; do echo line $i; sleep 5; done'));
    const heard = follow(t, 'count', { tailLines: '1' });
    t.run(SECOND);
    expect(heard.response).toMatchObject({ code: 200, streaming: true });
    expect([heard.channels[1], heard.closed]).toEqual(['line 1\n', false]);
    t.run(5 * SECOND);
    expect([heard.channels[1], heard.closed]).toEqual(['line 1\nline 2\n', false]);
    t.run(20 * SECOND);
    expect([heard.channels[1], heard.closed]).toEqual(['line 1\nline 2\nline 3\nline 4\n', true]);
  });

  it('is closed at both ends when the client closes it, and leaves nothing behind', () => {
    const t = runningStory('count', shell('main', 'while true; do echo tick; sleep 1; done'));
    const heard = follow(t, 'count');
    t.run(3 * SECOND);
    expect(openStreams(t)).toEqual({ server: 1, kubelet: 1, runtime: 1 });
    t.act({ type: 'cancel', request: 'follow' });
    t.run(SECOND);
    expect(heard.channels[1]).toMatch(/^(tick\n)+$/);
    expect(openStreams(t)).toEqual({ server: 0, kubelet: 0, runtime: 0 });
  });

  it.each([
    ['the kubelet is killed', { type: 'kill-process', process: 'node-1/kubelet' }, 2],
    ['the API server is killed', { type: 'kill-process', process: 'control-plane-1/kube-apiserver' }, 2],
    ['the runtime is killed', { type: 'kill-process', process: 'node-1/containerd' }, 2],
    ['the node loses its power', { type: 'power-off', machine: 'node-1' }, 90],
    ["the laptop's cable is cut", { type: 'cut-cable', machine: 'laptop' }, 120],
  ] as const)('is closed when %s', (_, fault, within) => {
    const t = runningStory('count', shell('main', 'while true; do echo tick; sleep 1; done'));
    const heard = follow(t, 'count');
    t.run(3 * SECOND);
    t.fault(fault);
    t.run(within * SECOND);
    expect(heard.closed).toBe(true);
    expect(openStreams(t)).toEqual({ server: 0, kubelet: 0, runtime: 0 });
  });

  it("is refused in Go's words when the kubelet is not there", () => {
    const t = runningStory('count', shell('main', 'sleep 600'));
    t.fault({ type: 'kill-process', process: 'node-1/kubelet' });
    const refused = logOf(t, 'count');
    expect(refused).toMatchObject({
      code: 500,
      error:
        'Get "https://10.0.1.1:10250/containerLogs/default/count/main": dial tcp 10.0.1.1:10250: connect: connection refused',
    });
    t.run(30 * SECOND);
    t.fault({ type: 'power-off', machine: 'node-1' });
    const refusal = follow(t, 'count', { tailLines: '3' });
    t.run(31 * SECOND);
    expect((refusal.response!.body as Status).message).toBe(
      'Get "https://10.0.1.1:10250/containerLogs/default/count/main?follow=true&tailLines=3": dial tcp 10.0.1.1:10250: i/o timeout',
    );
  });
});
