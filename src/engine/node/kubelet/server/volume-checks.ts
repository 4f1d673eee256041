/**
 * Volumes that cannot be had on these machines: paths of the wrong type, plug-ins that are gone, targets that nobody serves.
 *
 * @source kubernetes pkg/volume/hostpath/host_path.go (checkTypeInternal), pkg/volume/plugins.go (FindPluginBySpec),
 *   pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go
 */
import type { Pod } from '#engine/api/types';
import type { Disk } from '#engine/kernel/process';

type Volume = NonNullable<Pod['spec']['volumes']>[number];
type PathType = 'directory' | 'file' | 'socket' | 'character device' | 'block device';

const listed = (type: PathType, paths: string): [string, PathType][] => paths.split(' ').map((path) => [path, type]);

/** What every machine has, beside what somebody has written to its disk. */
const SYSTEM: ReadonlyMap<string, PathType> = new Map([
  ...listed(
    'directory',
    '/ /bin /boot /dev /etc /etc/ca-certificates /etc/cni/net.d /etc/kubernetes /etc/ssl/certs /home /lib /lib/modules /lib64 /media /mnt /opt /opt/cni/bin /proc /root /run /run/containerd /sbin /srv /sys /sys/fs/bpf /sys/fs/cgroup /sys/kernel/debug /tmp /usr /usr/local /usr/local/share/ca-certificates /usr/share/ca-certificates /usr/src /var /var/lib /var/lib/containerd /var/lib/kubelet /var/log /var/log/containers /var/log/pods /var/run',
  ),
  ...listed(
    'file',
    '/etc/hostname /etc/hosts /etc/localtime /etc/machine-id /etc/os-release /etc/passwd /etc/resolv.conf',
  ),
  ...listed('socket', '/run/containerd/containerd.sock /var/run/containerd/containerd.sock'),
  ...listed('character device', '/dev/fuse /dev/kmsg /dev/null /dev/random /dev/tty /dev/urandom /dev/zero'),
  ...listed('block device', '/dev/sda /dev/sda1'),
]);

const WANTED: Readonly<Record<string, PathType>> = {
  Directory: 'directory',
  File: 'file',
  Socket: 'socket',
  CharDevice: 'character device',
  BlockDevice: 'block device',
};

function typeOf(path: string, disk: Disk): PathType | null {
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const known = SYSTEM.get(plain);
  if (known !== undefined) return known;
  const name = plain.slice(1);
  if (disk.read(name).length > 0) return 'file';
  return disk.files(`${name}/`).length > 0 ? 'directory' : null;
}

/** Sources whose plug-ins Kubernetes has taken out. */
const GONE = ['cephfs', 'flocker', 'glusterfs', 'photonPersistentDisk', 'quobyte', 'rbd', 'scaleIO', 'storageos'];
/** Sources that are handed on to CSI drivers, of which none is installed. */
const MIGRATED = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cinder',
  'gcePersistentDisk',
  'portworxVolume',
  'vsphereVolume',
];

const failedToProcess = (name: string, why: string): string =>
  `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], failed to process volumes=[${name}]: ${why}`;

/** Why a pod's volume cannot be mounted, as an Event says it; null: it can. */
export function volumeProblem(volume: Volume, disk: Disk): string | null {
  const { name, hostPath, iscsi } = volume;
  if (hostPath !== undefined) {
    const wanted = WANTED[hostPath.type ?? ''];
    if (wanted === undefined || typeOf(hostPath.path, disk) === wanted) return null;
    const what = wanted === 'socket' ? 'socket file' : wanted;
    return `MountVolume.SetUp failed for volume "${name}" : hostPath type check failed: ${hostPath.path} is not a ${what}`;
  }
  if (GONE.some((source) => source in volume))
    return failedToProcess(
      name,
      `failed to get Plugin from volumeSpec for volume "${name}" err=no volume plugin matched`,
    );
  if (MIGRATED.some((source) => source in volume))
    return `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`;
  return iscsi === undefined
    ? null
    : `MountVolume.WaitForAttach failed for volume "${name}" : exec: "iscsiadm": executable file not found in $PATH`;
}
