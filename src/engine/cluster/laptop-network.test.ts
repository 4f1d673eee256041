/** Ports of the laptop: what listens on them for the cluster, and who asks there. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { newEngine } from './engine';
import { bootedStory, type Story } from './testing';
import { DEFAULT_CLUSTER } from './topology';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27", ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: front, port: 8080, targetPort: http}]}
`;

let shared: Story | null = null;
function laptop(): Story {
  if (shared !== null) return shared;
  shared = bootedStory({ recorded: false, nodes: 1 });
  shared.apply(WEB);
  shared.until('it runs', (t) => t.pods.filter(({ ready }) => ready).length === 2, MINUTE);
  return shared;
}

let tickets = 0;
function begin(line: string, story = laptop()): { readonly session: string; readonly ticket: string } {
  const [session, ticket] = [`session-${++tickets}`, `line-${tickets}`];
  story.act({ type: 'shell', session, ticket, line, columns: 80 });
  story.run(SECOND);
  return { session, ticket };
}

function type(line: string, story = laptop()) {
  const { ticket } = begin(line, story);
  story.until(line, ({ answers }) => answers.has(ticket), 5 * MINUTE, SECOND / 10);
  const { code, output, error } = story.answers.get(ticket)!;
  return { code, output, error };
}

function interrupt(session: string, ticket: string, story = laptop()) {
  story.act({ type: 'shell-input', session, interrupt: true });
  story.run(SECOND);
  const { code, output, error } = story.answers.get(ticket)!;
  return { code, output, error };
}

describe('kubectl port-forward', () => {
  it.each([
    ['deployment/web 8080:80', 'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n', 8080],
    ['svc/web 8081:front', 'Forwarding from 127.0.0.1:8081 -> 80\nForwarding from [::1]:8081 -> 80\n', 8081],
    ['svc/web 8080', 'Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n', 8080],
    ['deployment/web 8082:http --address 127.0.0.1', 'Forwarding from 127.0.0.1:8082 -> 80\n', 8082],
  ])('of %s lets curl reach the pod, until Ctrl-C', (words, says, port) => {
    const { session, ticket } = begin(`kubectl port-forward ${words}`);
    const page = type(`curl -s localhost:${port}`);
    expect(page).toMatchObject({ code: 0, error: '' });
    expect(page.output).toMatch(/^<!DOCTYPE html>\n[\s\S]*Welcome to nginx![\s\S]*<\/html>\n$/);
    expect(type(`curl -i http://127.0.0.1:${port}/none`).output).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nServer: nginx\/1\.27\r\n/,
    );
    expect(interrupt(session, ticket)).toEqual({
      code: 0,
      output: `${says}Handling connection for ${port}\nHandling connection for ${port}\n`,
      error: '',
    });
    expect(type(`curl localhost:${port}`)).toEqual({
      code: 7,
      output: '',
      error: `curl: (7) Failed to connect to localhost port ${port} after 0 ms: Couldn't connect to server\n`,
    });
  });

  it('finds a port that is free, and says of one that is taken, or not for everybody', () => {
    const { session, ticket } = begin('kubectl port-forward svc/web :8080');
    const out = interrupt(session, ticket).output;
    expect(out).toMatch(/^Forwarding from 127\.0\.0\.1:(\d{5}) -> 80\nForwarding from \[::1\]:\1 -> 80\n$/);
    const first = begin('kubectl port-forward svc/web 8080');
    expect(type('kubectl port-forward svc/web 8080')).toEqual({
      code: 1,
      output: '',
      error:
        'Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8080: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{8080 80}]\n',
    });
    expect(type('kubectl port-forward deploy/web 80').error).toContain(
      'listen tcp4 127.0.0.1:80: bind: permission denied',
    );
    interrupt(first.session, first.ticket);
  });

  it('ends when a connection fails, as the real one does', () => {
    const { ticket } = begin('kubectl port-forward deployment/web 8080:81');
    expect(type('curl localhost:8080')).toMatchObject({ code: 52, error: 'curl: (52) Empty reply from server\n' });
    expect(laptop().answers.get(ticket)).toMatchObject({
      code: 1,
      output: 'Forwarding from 127.0.0.1:8080 -> 81\nForwarding from [::1]:8080 -> 81\nHandling connection for 8080\n',
      error: expect.stringMatching(
        /^E1121 00:00:00\.000000 {7}1 portforward\.go:424\] "Unhandled Error" err="an error occurred forwarding 8080 -> 81: error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace \\"\/var\/run\/netns\/cni-[-0-9a-f]+\\": .*: connect: connection refused "\nerror: lost connection to pod\n$/,
      ) as string,
    });
  });

  it('is found again after the run was restored, with a connection open', () => {
    const story = laptop();
    const { session, ticket } = begin('kubectl port-forward svc/web 8080');
    story.act({
      type: 'shell',
      session: 'asker',
      ticket: 'asked',
      line: 'curl -s -o /dev/null -w %{http_code} localhost:8080',
    });
    story.run(1);
    const restored = newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 1 } });
    restored.restore(structuredClone(story.engine.save()));
    restored.run(restored.now + SECOND, { events: 1_000_000 });
    story.run(SECOND);
    expect(restored.observe(null).answers.find((one) => one.ticket === 'asked')).toMatchObject({ output: '200' });
    expect(restored.hash()).toBe(story.engine.hash());
    interrupt(session, ticket);
  });
});

describe('kubectl proxy', () => {
  const proxied = (line: string): string => {
    const { session, ticket } = begin('kubectl proxy');
    const { output } = type(line);
    expect(interrupt(session, ticket)).toMatchObject({ code: 130, output: 'Starting to serve on 127.0.0.1:8001\n' });
    return output;
  };

  it.each([
    ['curl -i localhost:8001/healthz', /^HTTP\/1\.1 200 OK\r\nCache-Control: no-cache, private\r\n(?:.*\r\n)+\r\nok$/],
    [
      'curl -s localhost:8001/api/v1/namespaces/default | head -n 3',
      /^\{\n {2}"apiVersion": "v1",\n {2}"kind": "Namespace",\n$/,
    ],
    ['curl -s localhost:8001/api/v1/namespaces/default/services/web:front/proxy/ | grep -c Welcome', /^2\n$/],
    [
      'curl -i localhost:8001/api/v1/namespaces/default/pods/x/exec',
      /^HTTP\/1\.1 403 Forbidden\r\n(?:.*\r\n)+\r\nForbidden\n$/,
    ],
    ['curl -s -o /dev/null -w "%{http_code}" -H "Host: evil" localhost:8001/version', /^403$/],
    ['curl -sf localhost:8001/nowhere || echo failed', /^failed\n$/],
    [
      `curl -s -X POST -H 'Content-Type: application/json' -d '{"metadata":{"name":"posted"}}' localhost:8001/api/v1/namespaces/default/configmaps | grep -c posted`,
      /^1\n$/,
    ],
    [
      'curl -s -m 2 "localhost:8001/api/v1/namespaces/default/pods?watch=1&limit=1" | grep -c \'^{"type":"ADDED"\'',
      /^2\n$/,
    ],
  ])('%s', (line, output) => {
    expect(proxied(line)).toMatch(output);
  });

  it('says why when the API server cannot be reached', () => {
    const story = bootedStory({ recorded: false, nodes: 1 });
    begin('kubectl proxy', story);
    story.fault({ type: 'cut-cable', machine: 'laptop' });
    expect(type('curl -s localhost:8001/healthz', story).output).toMatch(/^dial tcp .*\n$/);
  });
});

it('kubectl cluster-info dump tells objects and logs, on the terminal or in files', () => {
  const dump = type('kubectl cluster-info dump --namespaces default').output;
  expect(dump).toMatch(/"kind": "NodeList"[\s\S]*"kind": "EventList"[\s\S]*"kind": "PodList"/);
  expect(dump).toMatch(/==== START logs for container nginx of pod default\/web-.* ====\n[\s\S]*start worker process/);
  expect(type('kubectl cluster-info dump -o yaml --output-directory=out').output).toBe('Cluster info dumped to out\n');
  expect(type('ls out out/default').output).toContain('nodes.yaml\n');
  expect(type('head -n 2 out/kube-system/pods.yaml').output).toBe('---\napiVersion: v1\n');
});

describe('kubectl completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s that asks kubectl __complete', (shell) => {
    const { output, code } = type(`kubectl completion ${shell}`);
    expect({ code, asks: output.includes('kubectl __complete ') }).toEqual({ code: 0, asks: true });
    expect(output).not.toContain('\\$');
  });

  it.each([
    ['get deploy ""', 'web\n'],
    ["get deploy/''", 'deploy/web\n'],
    ['get pods -n kube-p', 'kube-public\n'],
    ['roll', 'rollout\n'],
    ['rollout un', 'undo\n'],
  ])('of %s finds what may stand there', (words, found) => {
    expect(type(`kubectl __complete ${words}`).output).toBe(`${found}:4\n`);
  });
});
