import type { ContainerRecord } from './state';

const LOCAL = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

/**
 * What is put into every container's `/etc`: names of the pod.
 *
 * @source kubernetes pkg/kubelet/kubelet_pods.go (managedHostsFileContent, hostsEntriesFromHostAliases)
 * @simplified no line for `hostname.subdomain`; pods in the host's network see the same file
 */
export function etcFiles({
  hostname,
  ip,
  config,
}: ContainerRecord): readonly (readonly [path: string, text: string])[] {
  const lines = ['# Kubernetes-managed hosts file.', ...LOCAL, `${ip}\t${hostname}`];
  const aliases = config.hostAliases ?? [];
  if (aliases.length > 0) {
    const named = aliases.map(({ ip: alias, hostnames = [] }) => [alias, ...hostnames].join('\t'));
    lines.push('', '# Entries added by HostAliases.', ...named);
  }
  return [
    ['/etc/hosts', `${lines.join('\n')}\n`],
    ['/etc/hostname', `${hostname}\n`],
  ];
}
