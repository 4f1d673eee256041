import { describe, expect, it } from 'vitest';
import type { CommandResult, ShellHost } from './host';
import { newShell } from './state';
import { tar } from './tar';

const hostOf = (files: Record<string, string>, tools: ShellHost['tools'] = 'busybox'): ShellHost => ({
  now: 0,
  monotonic: 0,
  files: new Map(Object.entries(files)),
  hostname: 'box',
  terminal: null,
  tools,
  toolsReady: true,
  isProgram: () => false,
  toolOutput: () => undefined,
  processes: () => [],
  kill: () => false,
  write: () => undefined,
});

const run = (line: string, host: ShellHost, stdin: string | null = null): CommandResult =>
  tar(line.split(' '), { ...newShell('', {}, '/', []), stdin }, host);

describe('tar', () => {
  it('packs files and directories and unpacks them elsewhere, whatever bytes they hold', () => {
    const long = `/data/${'deep/'.repeat(30)}end`;
    const files = {
      '/data/a': 'text\n',
      '/data/b': 'gr\u00fc\u00dfe',
      '/data/c': '\0\udcff\udc80x',
      [long]: 'far',
      '/data/empty/': '',
    };
    const packed = run('cf - /data', hostOf(files));
    expect(packed).toMatchObject({ status: 0, warning: "tar: removing leading '/' from member names\n" });
    const target = hostOf({ '/new/': '' });
    expect(run('-xmf - -C /new', target, packed.out)).toEqual({ status: 0, out: '', err: '' });
    const unpacked = Object.fromEntries([...target.files].filter(([path]) => !path.endsWith('/')));
    expect(unpacked).toEqual(
      Object.fromEntries(
        Object.entries(files)
          .filter(([path]) => !path.endsWith('/'))
          .map(([path, text]) => [`/new${path}`, text]),
      ),
    );
    expect(target.files.has('/new/data/empty/')).toBe(true);
  });

  it('lists, packs by relative names and unpacks only what is named', () => {
    const host = hostOf({ '/etc/app/x': '1', '/etc/app/y': '2' });
    const { out, err, warning } = run('-c -f - -C /etc app', host);
    expect([warning, err]).toEqual(['', '']);
    expect(run('tf -', host, out).out).toBe('app/\napp/x\napp/y\n');
    const target = hostOf({});
    run('xvf - app/y', target, out);
    expect([...target.files]).toEqual([['/app/y', '2']]);
  });

  it('keeps names that lead upwards below its directory', () => {
    const archive = run('cf - x', hostOf({ '/x': 'evil' })).out.replace(/^x\0{14}/, '../../../etc/x\0');
    const target = hostOf({ '/tmp/in/': '' });
    run('xf - -C /tmp/in', target, resummed(archive));
    expect([...target.files.keys()]).toEqual(['/tmp/in/', '/tmp/in/etc/x']);
  });

  it.each<[string, ShellHost['tools'], string | null, number, string]>([
    [
      'cf - /none',
      'debian',
      null,
      2,
      "tar: Removing leading `/' from member names\ntar: /none: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n",
    ],
    [
      'cf - /none',
      'busybox',
      null,
      1,
      'tar: /none: No such file or directory\ntar: error exit delayed from previous errors\n',
    ],
    [
      '-xmf - -C /none',
      'debian',
      '',
      2,
      'tar: /none: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n',
    ],
    ['-xmf - -C /none', 'busybox', '', 1, "tar: can't change directory to '/none': No such file or directory\n"],
    [
      'xf -',
      'debian',
      'x'.repeat(600),
      2,
      'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
    ],
    ['xf -', 'busybox', 'x'.repeat(600), 1, 'tar: invalid tar magic\n'],
  ])('%s fails in the words of %s', (line, tools, stdin, status, err) => {
    const ran = run(line, hostOf({}, tools), stdin);
    expect([ran.status, (ran.warning ?? '') + ran.err]).toEqual([status, err]);
    expect(ran.out).toMatch(/^\0*$/);
  });

  it('fills no more than the disk that a container has', () => {
    const big = 'x'.repeat(9 * 1024 * 1024);
    const { out } = run('cf - big', hostOf({ '/big': big }));
    const target = hostOf({ '/other': big });
    expect(run('xf -', target, out)).toMatchObject({ status: 1, err: 'tar: write error: No space left on device\n' });
    expect([...target.files.keys()]).toEqual(['/other']);
  });
});

/** The archive with the checksum of its first header made good. */
function resummed(archive: string): string {
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : archive.charCodeAt(i);
  return `${archive.slice(0, 148)}${sum.toString(8).padStart(6, '0')}\0 ${archive.slice(156)}`;
}
