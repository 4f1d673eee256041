import { expect, it } from 'vitest';
import type { Context } from '#engine/kernel/process';
import { etcFiles } from './etc-files';
import { missingProfile } from './profiles';
import type { ContainerRecord } from './state';

// kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods; pkg/kubelet/kubelet_pods_test.go (TestManagedHostsFileContent)
it('a container finds the names of its pod in /etc/hosts', () => {
  const record = {
    hostname: 'hostaliases-pod',
    ip: '10.200.0.5',
    config: {
      hostAliases: [
        { ip: '127.0.0.1', hostnames: ['foo.local', 'bar.local'] },
        { ip: '10.1.2.3', hostnames: ['foo.remote', 'bar.remote'] },
      ],
    },
  } as unknown as ContainerRecord;
  expect(Object.fromEntries(etcFiles(record))).toEqual({
    '/etc/hostname': 'hostaliases-pod\n',
    '/etc/hosts':
      '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
      'fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n10.200.0.5\thostaliases-pod\n\n' +
      '# Entries added by HostAliases.\n127.0.0.1\tfoo.local\tbar.local\n10.1.2.3\tfoo.remote\tbar.remote\n',
  });
});

it.each([
  [{ appArmor: '', seccomp: 'there.json' }, null],
  [
    { appArmor: '', seccomp: 'profiles/audit.json' },
    'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/audit.json": open /var/lib/kubelet/seccomp/profiles/audit.json: no such file or directory',
  ],
  [
    { appArmor: 'k8s-deny-write', seccomp: '' },
    'failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found k8s-deny-write',
  ],
])('a container with the profiles %j', (profiles, why) => {
  const disk = { read: (file: string) => (file === 'var/lib/kubelet/seccomp/there.json' ? ['{}'] : []) };
  expect(missingProfile(profiles, { disk } as unknown as Context)).toBe(why);
});
