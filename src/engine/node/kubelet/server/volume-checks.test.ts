import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import type { Disk } from '#engine/kernel/process';
import { volumeProblem } from './volume-checks';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

const written = ['data/app/log.txt'];
const disk = {
  read: (file: string) => (written.includes(file) ? ['text'] : []),
  files: (prefix: string) => written.filter((file) => file.startsWith(prefix)),
} as unknown as Disk;
const check = (path: string, type: string): string | null =>
  volumeProblem({ name: 'v', hostPath: { path, type } } as Volume, disk);

describe('a path of the machine', () => {
  // pkg/volume/hostpath/host_path.go (checkTypeInternal)
  it.each<[type: string, path: string, is: string | null]>([
    ['', '/nowhere', null],
    ['DirectoryOrCreate', '/nowhere', null],
    ['FileOrCreate', '/nowhere', null],
    ['Directory', '/var/log', null],
    ['Directory', '/var/log/', null],
    ['Directory', '/data/app', null],
    ['Directory', '/nowhere', 'a directory'],
    ['Directory', '/data/app/log.txt', 'a directory'],
    ['File', '/data/app/log.txt', null],
    ['File', '/etc/machine-id', null],
    ['File', '/data', 'a file'],
    ['Socket', '/run/containerd/containerd.sock', null],
    ['Socket', '/var/run/docker.sock', 'a socket file'],
    ['CharDevice', '/dev/null', null],
    ['CharDevice', '/dev/sda', 'a character device'],
    ['BlockDevice', '/dev/sda', null],
    ['BlockDevice', '/dev/nvme0n1', 'a block device'],
  ])('as %j: %s', (type, path, is) => {
    const text = `MountVolume.SetUp failed for volume "v" : hostPath type check failed: ${path} is not ${is}`;
    expect(check(path, type)).toBe(is === null ? null : text);
  });
});

describe('a volume whose plug-in is not there', () => {
  it.each<[source: object, why: string | null]>([
    [{ emptyDir: {} }, null],
    [{ nfs: { server: 'x', path: '/' } }, null],
    [
      { glusterfs: { endpoints: 'e', path: 'p' } },
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process volumes=[v]: failed to get Plugin from volumeSpec for volume "v" err=no volume plugin matched',
    ],
    [
      { gcePersistentDisk: { pdName: 'd' } },
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
    ],
    [
      { iscsi: { targetPortal: 't', iqn: 'i', lun: 0 } },
      'MountVolume.WaitForAttach failed for volume "v" : exec: "iscsiadm": executable file not found in $PATH',
    ],
  ])('%j', (source, why) => {
    expect(volumeProblem({ name: 'v', ...source }, disk)).toBe(why);
  });
});
