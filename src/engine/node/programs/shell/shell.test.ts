import { describe, expect, it } from 'vitest';
import { SECOND, type Micros } from '#engine/kernel/time';
import type { ShellHost } from './host';
import { shellCode } from './interpreter';
import { newShell, type ShellState } from './state';

class Box {
  readonly files = new Map<string, string>();
  out = '';
  now: Micros = 0;
  readonly shell: ShellState;

  constructor(script: string, variables: Record<string, string> = {}) {
    this.shell = newShell(script, variables, '/', ['sh']);
  }

  get host(): ShellHost {
    return {
      now: this.now,
      monotonic: this.now,
      files: this.files,
      hostname: 'box',
      terminal: null,
      tools: 'busybox',
      toolsReady: true,
      isProgram: (name) => name === 'server',
      toolOutput: () => undefined,
      processes: () => [{ pid: 1, command: 'sh' }],
      kill: (pid) => pid === 1,
      write: (_, text) => {
        this.out += text;
      },
    };
  }

  /** Runs until it ends or `until` is reached; answers the exit code, or what it waits for. The state is copied at every pause, as saving does. */
  run(until = 1_000 * SECOND): number | string {
    for (let i = 0; i < 10_000; i++) {
      Object.assign(this.shell, structuredClone(this.shell));
      const outcome = shellCode.run(this.shell, this.host);
      if (outcome.of === 'exited') return outcome.code;
      if (outcome.of === 'program') return `program ${outcome.argv.join(' ')}`;
      if (outcome.of === 'busy') {
        this.now += 10_000;
        if (this.now > until) return 'busy';
        continue;
      }
      if (outcome.until === null || outcome.until > until) return 'asleep';
      this.now = outcome.until;
      shellCode.wake(this.shell);
    }
    return 'endless';
  }
}

const run = (
  script: string,
  variables: Record<string, string> = {},
): { code: number | string; out: string; now: number } => {
  const box = new Box(script, variables);
  const code = box.run();
  return { code, out: box.out, now: box.now / SECOND };
};

describe('the container shell', () => {
  it.each([
    ['exit 3', 3, ''],
    ['true && echo yes || echo no', 0, 'yes\n'],
    ['false && echo yes || echo no', 0, 'no\n'],
    ['if [ 1 -gt 2 ]; then echo a; elif test -n x; then echo b; else echo c; fi', 0, 'b\n'],
    ['for i in 1 2 3; do echo -n "$i,"; done', 0, '1,2,3,'],
    [
      'for i in $(seq 1 5); do if [ $i = 2 ]; then continue; fi; if [ $i = 4 ]; then break; fi; echo $i; done',
      0,
      '1\n3\n',
    ],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', 0, '1\n2\n3\n'],
    ['until [ "$n" = xxx ]; do n="x$n"; done; echo $n', 0, 'xxx\n'],
    ['echo "a $NAME" \'$NAME\' ${OTHER:-default}', 0, 'a web $NAME default\n'],
    ['echo hello > /tmp/a; cat /tmp/a; cat /tmp/b', 1, "hello\ncat: can't open '/tmp/b': No such file or directory\n"],
    ['cat /missing 2>/dev/null || echo none', 0, 'none\n'],
    ['echo one two three | wc -w', 0, '3\n'],
    ['echo abc | rev', 0, 'cba\n'],
    [String.raw`printf '\033[31mred\x1b[0m\e\101\n'`, 0, '\u001B[31mred\u001B[0m\u001BA\n'],
    [String.raw`echo -e 'a\tb\0101'`, 0, 'a\tbA\n'],
    ['case $NAME in db) echo d;; w*) echo w;; esac', 0, 'w\n'],
    ['f() { echo "f $1"; return 4; }; f x; echo $?', 0, 'f x\n4\n'],
    ['(exit 5); echo $?', 0, '5\n'],
    ['x=$(echo inner; exit 7); echo "$x $?"', 0, 'inner 7\n'],
    ['set -e; false; echo never', 1, ''],
    ['nosuch', 127, 'sh: nosuch: not found\n'],
    ['! false', 0, ''],
    ['date +%Y-%m-%dT%H:%M:%S', 0, '2026-01-01T00:00:00\n'],
    ['sh -c "echo $0 nested; exit 9"; echo $?', 0, 'sh nested\n9\n'],
  ])('%s', (script, code, out) => {
    expect(run(script, { NAME: 'web' })).toMatchObject({ code, out });
  });

  it('sleeps as long as it is told to, and can be saved in between', () => {
    expect(run('sleep 30; sleep 1m; echo done')).toEqual({ code: 0, out: 'done\n', now: 90 });
  });

  it('never ends a loop that nobody ends, and a busy one yields', () => {
    const box = new Box('while true; do echo .; sleep 10; done');
    expect(box.run(35 * SECOND)).toBe('asleep');
    expect(box.out).toBe('.\n.\n.\n.\n');
    expect(new Box('while :; do :; done').run(SECOND)).toBe('busy');
  });

  it('ignores SIGTERM without a trap, and runs its trap after the foreground command, or at once in wait', () => {
    const deaf = new Box('sleep 100');
    deaf.run(0);
    expect(shellCode.signal(deaf.shell, 'TERM')).toBe(false);
    const trapping = new Box('trap "echo bye; exit 0" TERM; sleep infinity & wait');
    trapping.run(0);
    expect(shellCode.signal(trapping.shell, 'TERM')).toBe(true);
    expect(trapping.run()).toBe(0);
    expect(trapping.out).toBe('bye\n');
    const later = new Box('trap "exit 6" TERM; while true; do sleep 2; done');
    later.run(0);
    expect(shellCode.signal(later.shell, 'TERM')).toBe(false);
    expect(later.run(10 * SECOND)).toBe(6);
  });

  it('hands a service of the image over, and goes on when it ends', () => {
    const box = new Box('echo up; server --port 80; echo down $?');
    expect(box.run()).toBe('program server --port 80');
    shellCode.wake(box.shell, 2);
    expect(box.run()).toBe(0);
    expect(box.out).toBe('up\ndown 2\n');
  });
});
