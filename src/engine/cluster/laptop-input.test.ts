/** What goes wrong in the laptop's shell, and what is much: each is told, none of it harms. */
import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from './testing';

let shared: Story | null = null;
const laptop = (): Story => (shared ??= bootedStory({ recorded: false, nodes: 1 }));

let tickets = 0;
function type(line: string, columns?: number) {
  const ticket = `line-${++tickets}`;
  const story = laptop();
  story.act({ type: 'shell', session: `s-${ticket}`, ticket, line, ...(columns === undefined ? {} : { columns }) });
  story.until(line, ({ answers }) => answers.has(ticket), 5 * MINUTE, SECOND / 10);
  const { code, output, error } = story.answers.get(ticket)!;
  return { code, output, error };
}

/** Begins a command that goes on, and stops it. */
function stopped(line: string) {
  const ticket = `line-${++tickets}`;
  const story = laptop();
  story.act({ type: 'shell', session: `s-${ticket}`, ticket, line, columns: 60 });
  story.run(5 * SECOND);
  expect(story.answers.has(ticket)).toBe(false);
  story.act({ type: 'shell-input', session: `s-${ticket}`, interrupt: true });
  story.run(SECOND);
  const { code, output, error } = story.answers.get(ticket)!;
  return { code, output, error };
}

it('prints a hundred thousand lines, and carries them through pipes', () => {
  expect(type('seq 100000 > big; grep -n 77777 big; tail -n 1 big').output).toBe('77777:77777\n100000\n');
  const story = laptop();
  const before = story.engine.observe(null).cursor;
  expect(type('cat big | grep -v x').output.split('\n')).toHaveLength(100_001);
  // What came in one go is one piece for the window.
  expect(story.engine.observe(before).printed.length).toBeLessThan(10);
});

it('ends what goes on by Ctrl-C: a watch, a log that is followed, a command that is repeated', () => {
  expect(stopped('kubectl get nodes -w')).toMatchObject({ code: 130, error: '' });
  const log = stopped('kubectl logs -f -n kube-system -l component=etcd --tail=1');
  expect(log).toMatchObject({ code: 130, error: '' });
  const { output } = stopped('watch -n 2 kubectl get nodes -o name');
  expect(output.split('\u001B[H\u001B[2J')).toEqual([
    '',
    ...Array.from(
      { length: 3 },
      () =>
        expect.stringMatching(
          /^Every 2\.0s: kubectl get nodes -o name +laptop: Thu, 01 Jan 2026 00:\d\d:\d\d\n\nnode\/control-plane-1\nnode\/node-1\n$/,
        ) as string,
    ),
  ]);
});

it('makes arguments of what comes through a pipe', () => {
  type('for-none; kubectl create configmap one; kubectl create configmap two');
  expect(type('kubectl get configmap one two -o name | xargs kubectl delete')).toEqual({
    code: 0,
    output: 'configmap "one" deleted from default namespace\nconfigmap "two" deleted from default namespace\n',
    error: '',
  });
  expect(type('echo a b c | xargs -n 2').output).toBe('a b\nc\n');
  expect(type("printf 'one\\ntwo\\n' | xargs -I {} kubectl get configmap {}")).toMatchObject({
    code: 123,
    error:
      'Error from server (NotFound): configmaps "one" not found\nError from server (NotFound): configmaps "two" not found\n',
  });
  expect(type('echo a | xargs none').code).toBe(127);
});

it.each([
  ['watch', 1, 'Usage:\n watch [options] command\n'],
  ["watch 'kubectl get pods | head'", 1, 'watch: one command alone can be watched here, without pipes\n'],
  ['curl', 2, "curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n"],
  ['curl --nope localhost', 2, "curl: option --nope: is unknown\ncurl: try 'curl --help' for more information\n"],
  ['curl web', 6, 'curl: (6) Could not resolve host: web\n'],
  ['sleep long', 1, "sleep: invalid time interval 'long'\nTry 'sleep --help' for more information.\n"],
  ['kubectl get pods &', 2, 'bash: background jobs are not supported\n'],
  ['| head', 2, "bash: syntax error near unexpected token `|'\n"],
])('%s ends with %i and says so', (line, code, error) => {
  expect(type(line, 80)).toEqual({ code, output: '', error });
});

it('says what the real one says when nobody answers', () => {
  const story = laptop();
  story.fault({ type: 'power-off', machine: 'control-plane-1' });
  expect(type('kubectl get pods').error).toBe(
    'Unable to connect to the server: dial tcp control-plane-1:6443: i/o timeout\n',
  );
});
