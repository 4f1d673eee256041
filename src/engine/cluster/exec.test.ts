import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '#engine/api/base64';
import type { Status } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, Heard, openStreams, type Story } from './testing';

const pod = (name: string, container: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 2
  containers:
${container}`;

const BOX = '  - {name: main, image: "busybox:1.36", env: [{name: COLOR, value: blue}], command: [sleep, "3600"]}\n';

/** One story serves all: each test runs commands of its own in it. */
let shared: Story | null = null;
function box(): Story {
  if (shared !== null) return shared;
  shared = bootedStory({ recorded: false, nodes: 1 });
  shared.apply(
    pod('box', BOX) + '---\n' + pod('web', '  - {name: main, image: "nginx:1.27", ports: [{containerPort: 80}]}\n'),
  );
  shared.until('they run', (t) => ['box', 'web'].every((name) => t.pod(name)?.status === 'Running'), MINUTE);
  return shared;
}

let tickets = 0;
interface Session {
  readonly t: Story;
  readonly heard: Heard;
  type(data: string, end?: boolean, channel?: number): void;
}

function connect(
  what: string,
  name: string,
  query: Readonly<Record<string, string>>,
  command: readonly string[] = [],
): Session {
  const t = box();
  const ticket = `stream-${++tickets}`;
  const heard = new Heard(t, ticket, {
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${name}/${what}`,
    query: { ...query, ...(command[0] === undefined ? null : { command: command[0] }) },
    ...(command.length > 1 ? { repeated: { command } } : null),
    upgrade: true,
  });
  t.run(SECOND / 10);
  return {
    t,
    heard,
    type(data, end = false, channel = 0) {
      t.act({ type: 'stream-data', ticket, channel, data, end });
      t.run(SECOND / 10);
    },
  };
}

const exec = (command: readonly string[], query: Readonly<Record<string, string>> = {}, name = 'box'): Session =>
  connect('exec', name, { stdout: 'true', stderr: 'true', ...query }, command);
const statusOf = ({ heard }: Session): unknown => JSON.parse(heard.channels[3] ?? 'null');
const SUCCESS = { metadata: {}, status: 'Success' };

describe('exec', () => {
  it.each<[readonly string[], string, string]>([
    [['echo', 'hello', 'world'], 'hello world\n', ''],
    [['hostname'], 'box\n', ''],
    [['sh', '-c', 'echo out; echo err >&2; echo $COLOR'], 'out\nblue\n', 'err\n'],
    [['cat', '/etc/hostname'], 'box\n', ''],
    [['printenv', 'COLOR'], 'blue\n', ''],
    [['date', '+%Y'], '2026\n', ''],
    [['ls', '/'], 'bin\ndev\netc\nhome\nmnt\nopt\nproc\nroot\nrun\nsys\ntmp\nusr\nvar\n', ''],
    [['sh', '-c', 'echo grüße'], 'gr\u00c3\u00bc\u00c3\u009fe\n', ''],
  ])('%j writes on its own channels and ends with a Status', (command, out, err) => {
    const session = exec(command);
    expect(session.heard.response).toMatchObject({ code: 101, streaming: true });
    expect([session.heard.channels[1] ?? '', session.heard.channels[2] ?? '']).toEqual([out, err]);
    expect(statusOf(session)).toEqual(SUCCESS);
    expect(session.heard.closed).toBe(true);
  });

  it('tells the exit code', () => {
    expect(statusOf(exec(['sh', '-c', 'exit 7']))).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: error executing command [sh -c exit 7], exit code 7',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
  });

  it("of a command that the image does not have is told in the runtime's words", () => {
    expect(statusOf(exec(['foo']))).toMatchObject({
      status: 'Failure',
      reason: 'InternalError',
      code: 500,
      message: expect.stringMatching(
        /^Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": executable file not found in \$PATH: unknown$/,
      ) as string,
    });
  });

  it.each<[string, Readonly<Record<string, string>>, number, string]>([
    ['nobody', { command: 'ls', stdout: 'true' }, 404, 'pods "nobody" not found'],
    ['box', { command: 'ls', stdout: 'true', container: 'x' }, 400, 'container x is not valid for pod box'],
    ['box', { command: 'ls' }, 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ])('in %s with %j is refused with %i', (name, query, code, message) => {
    const { heard } = connect('exec', name, query);
    expect(heard.response?.code).toBe(code);
    const { body: answered } = heard.response!;
    expect(typeof answered === 'string' ? answered : (answered as Status).message).toBe(message);
  });

  it('takes its stdin to the end, and runs as long as it takes', () => {
    const session = exec(['sh', '-c', 'cat > /tmp/file; wc -l /tmp/file; sleep 3; echo done'], { stdin: 'true' });
    session.type('one\ntwo\n');
    expect(session.heard.channels[1]).toBeUndefined();
    session.type('three\n', true);
    expect(session.heard.channels[1]).toBe('3 /tmp/file\n');
    expect(session.heard.closed).toBe(false);
    session.t.run(3 * SECOND);
    expect(session.heard.channels[1]).toBe('3 /tmp/file\ndone\n');
    expect(statusOf(session)).toEqual(SUCCESS);
    expect(exec(['cat', '/tmp/file']).heard.channels[1]).toBe('one\ntwo\nthree\n');
  });

  it('runs a script that comes on stdin', () => {
    const session = exec(['sh'], { stdin: 'true' });
    session.type('x=4\nfor i in 1 2; do\n  echo $((x * i))\ndone\nexit 3\n', true);
    expect(session.heard.channels[1]).toBe('4\n8\n');
    expect(statusOf(session)).toMatchObject({ details: { causes: [{ reason: 'ExitCode', message: '3' }] } });
  });

  it('with a terminal is a shell that echoes, prompts, lets one take back and interrupt, and leaves', () => {
    const session = exec(['sh'], { stdin: 'true', tty: 'true' });
    const shows = (typedKeys: string): string => {
      const before = session.heard.channels[1]?.length ?? 0;
      session.type(typedKeys);
      return (session.heard.channels[1] ?? '').slice(before);
    };
    expect(session.heard.channels[1]).toBe('/ # ');
    expect(shows('cd /tmp\r')).toBe('cd /tmp\r\n/tmp # ');
    expect(shows('ech')).toBe('ech');
    expect(shows('x\u007fo $?\r')).toBe('x\b \bo $?\r\n0\r\n/tmp # ');
    expect(shows('nosuch\r')).toBe('nosuch\r\nsh: nosuch: not found\r\n/tmp # ');
    expect(shows('if true\r')).toBe('if true\r\n> ');
    expect(shows('then echo yes; fi\r')).toBe('then echo yes; fi\r\nyes\r\n/tmp # ');
    expect(shows('sleep 1000\r')).toBe('sleep 1000\r\n');
    expect(shows('\u0003')).toBe('^C\r\n/tmp # ');
    expect(shows('read name\r')).toBe('read name\r\n');
    expect(shows('kube\r')).toBe('kube\r\n/tmp # ');
    expect(shows('echo "hi $name"\r')).toBe('echo "hi $name"\r\nhi kube\r\n/tmp # ');
    expect(shows('exit 4\r')).toBe('exit 4\r\n');
    expect(statusOf(session)).toMatchObject({ reason: 'NonZeroExitCode' });
    expect(session.heard.closed).toBe(true);
  });

  it('knows how large its terminal is, from the moment that it is told', () => {
    const session = connect('exec', 'box', { stdin: 'true', stdout: 'true', tty: 'true' }, ['sh']);
    const size = (): string | undefined => {
      session.heard.channels[1] = '';
      session.type('stty size\r');
      return session.heard.channels[1]?.split('\r\n')[1];
    };
    expect(size()).toBe('0 0');
    session.type('{"Width":132,"Height":43}\n', false, 4);
    expect(size()).toBe('43 132');
    session.type('{"Width":"wide"}', false, 4);
    expect(size()).toBe('43 132');
    // As Go does, whatever the case of the names.
    session.type('{"height":24,"width":80}', false, 4);
    expect(size()).toBe('24 80');
    session.type('exit\r');
  });

  it('sees the processes of its container, and can stop the first', () => {
    const listed = exec(['ps']).heard.channels[1] ?? '';
    expect(listed).toMatch(
      /^PID {3}USER {5}TIME {2}COMMAND\n {4}1 root {6}0:00 sleep 3600\n +[0-9]+ root {6}0:00 ps\n$/,
    );
    expect(exec(['kill', '99999']).heard.channels[2]).toBe("sh: can't kill pid 99999: No such process\n");
    const before = box().pod('web')?.restarts ?? -1;
    exec(['sh', '-c', 'kill 1'], {}, 'web');
    box().run(5 * SECOND);
    expect(box().pod('web')?.restarts).toBe(before + 1);
  });

  it('leaves nothing open when the client hangs up, and ends when its container does', () => {
    const t = box();
    const left = exec(['sh'], { stdin: 'true', tty: 'true' });
    t.act({ type: 'cancel' });
    t.run(SECOND);
    expect(left.heard.channels[1]).toBe('/ # ');
    expect(openStreams(t)).toEqual({ server: 0, kubelet: 0, runtime: 0 });
    const killed = exec(['sleep', '1000']);
    t.fault({ type: 'kill-process', process: 'node-1/containerd' });
    t.run(30 * SECOND);
    expect(killed.heard.closed).toBe(true);
    expect(openStreams(t)).toEqual({ server: 0, kubelet: 0, runtime: 0 });
  });
});

describe('attach', () => {
  it('shows what the container writes from then on, types into its shell, and ends with it', () => {
    const t = box();
    t.apply(
      pod(
        'talk',
        '  - {name: main, image: "busybox:1.36", stdin: true, stdinOnce: true, tty: true}\n  restartPolicy: Never\n',
      ),
    );
    t.until('it runs', () => t.pod('talk')?.status === 'Running', MINUTE);
    const session = connect('attach', 'talk', { stdin: 'true', stdout: 'true', tty: 'true' });
    session.type('echo $((6 * 7))\r');
    expect(session.heard.channels[1]).toBe('echo $((6 * 7))\r\n42\r\n/ # ');
    session.type('exit\r');
    expect(statusOf(session)).toEqual(SUCCESS);
    t.until('it is over', () => t.pod('talk')?.status === 'Completed', MINUTE);
    const log = t.request('GET', '/api/v1/namespaces/default/pods/talk/log').body;
    expect(log).toBe('/ # echo $((6 * 7))\r\n42\r\n/ # exit\r\n');
  });
});

describe('portforward', () => {
  it("carries a TCP connection: HTTP in, the program's answer out, and an access log", () => {
    const session = connect('portforward', 'web', { ports: '80' });
    expect(session.heard.response).toMatchObject({ code: 101 });
    session.type('GET / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: cu');
    expect(session.heard.channels[0]).toBeUndefined();
    session.type('rl/8\r\n\r\n');
    expect(session.heard.channels[0]).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: nginx\/1\.27\r\nDate: .*GMT\r\nContent-Type: text\/html\r\nContent-Length: 615\r\nConnection: keep-alive\r\n\r\n<!DOCTYPE html>/,
    );
    session.type('GET /nope HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(session.heard.channels[0]).toContain('HTTP/1.1 404 Not Found\r\n');
    expect(session.heard.closed).toBe(true);
    const log = box().request('GET', '/api/v1/namespaces/default/pods/web/log', { query: { tailLines: '2' } }).body;
    expect(log).toMatch(
      /^127\.0\.0\.1 - - .*"GET \/ HTTP\/1\.1" 200 615 "-" "curl\/8" "-"\n127\.0\.0\.1 .*"GET \/nope HTTP\/1\.1" 404/,
    );
  });

  it('to a port where nobody listens tells so on its error channel', () => {
    const { heard } = connect('portforward', 'web', { ports: '81' });
    expect(heard.channels[1]).toMatch(
      /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[-0-9a-f]+": failed to connect to localhost:81 inside namespace "[0-9a-f]{64}", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused $/,
    );
    expect(heard.closed).toBe(true);
  });
});

describe('proxy', () => {
  const get = (path: string) => box().request('GET', path);

  it('passes requests on to pods, Services and kubelets, and tells who cannot be reached', () => {
    const t = box();
    t.apply(
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{name: http, port: 8080, targetPort: 80}]}\n',
    );
    const PODS = '/api/v1/namespaces/default/pods';
    t.until('web runs', () => t.pod('web')?.ready === true, MINUTE);
    expect(get(`${PODS}/web/proxy/`).body).toContain('Welcome to nginx!');
    expect(get(`${PODS}/web:80/proxy/nope`)).toMatchObject({ code: 404 });
    expect(get(`${PODS}/web:81/proxy/`)).toMatchObject({ code: 503 });
    expect(get(`${PODS}/web:81/proxy/`).error).toMatch(
      /^error trying to reach service: dial tcp 10\.244\.[0-9]+\.[0-9]+:81: connect: connection refused$/,
    );
    expect(get('/api/v1/nodes/node-1/proxy/healthz').body).toBe('ok');
    expect(get('/api/v1/namespaces/default/services/web/proxy/').error).toBe(
      'no endpoints available for service "web"',
    );
    t.request('PATCH', `${PODS}/web`, {
      body: { metadata: { labels: { app: 'web' } } },
      contentType: 'application/merge-patch+json',
    });
    t.run(5 * SECOND);
    expect(get('/api/v1/namespaces/default/services/web:http/proxy/').body).toContain('Welcome to nginx!');
    expect(get('/api/v1/namespaces/default/services/web:x/proxy/').error).toBe(
      'no service port "x" found for service "web"',
    );
  });
});

describe('the token of the service account', () => {
  const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
  const outputOf = ({ heard }: Session): string => heard.channels[1] ?? '';
  const claimsOf = (token: string): Record<string, never> =>
    JSON.parse(decodeBase64(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')) ?? '') as never;

  it('lies where clients look for it, with the namespace and the authority', () => {
    const token = outputOf(exec(['cat', `${DIRECTORY}/token`]));
    expect(claimsOf(token)).toMatchObject({
      sub: 'system:serviceaccount:default:default',
      'kubernetes.io': { pod: { name: 'box' }, node: { name: 'node-1' } },
    });
    expect(outputOf(exec(['cat', `${DIRECTORY}/namespace`]))).toBe('default');
    expect(
      outputOf(exec(['ls', DIRECTORY]))
        .split('\n')
        .filter(Boolean),
    ).toEqual(['ca.crt', 'namespace', 'token']);
    expect(outputOf(exec(['cat', `${DIRECTORY}/token`]))).toBe(token);
  });

  it('is renewed before it expires, for whom the volume says', () => {
    const t = box();
    const source = '{serviceAccountToken: {path: t, audience: vault, expirationSeconds: 600}}';
    const mounted = BOX.replace('command', 'volumeMounts: [{name: v, mountPath: /tokens}], command');
    t.apply(`${pod('short', mounted)}  volumes: [{name: v, projected: {sources: [${source}]}}]\n`);
    t.until('it runs', () => t.pod('short')?.status === 'Running', MINUTE);
    const token = (): string => outputOf(exec(['cat', '/tokens/t'], {}, 'short'));
    const before = token();
    t.run(7 * MINUTE);
    expect(token()).toBe(before);
    t.run(2 * MINUTE);
    const [old, renewed] = [claimsOf(before), claimsOf(token())];
    expect([renewed['aud'], Number(renewed['iat']) - Number(old['iat'])]).toEqual([['vault'], 480]);
  });

  it('is there when a program begins that looks for it', () => {
    const t = box();
    const line = `cat ${DIRECTORY}/token; echo; sleep 3600`;
    t.apply(pod('reader', `  - {name: main, image: "busybox:1.36", command: [sh, -c, "${line}"]}\n`));
    t.until('it runs', () => t.pod('reader')?.status === 'Running', MINUTE);
    const { heard } = connect('log', 'reader', { follow: 'true' });
    expect(claimsOf(heard.channels[1] ?? '')).toMatchObject({ 'kubernetes.io': { pod: { name: 'reader' } } });
  });
});
