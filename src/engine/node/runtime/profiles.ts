import type { Context } from '#engine/kernel/process';
import type { ContainerConfig } from './cri';

const SECCOMP_FOLDER = 'var/lib/kubelet/seccomp';

/**
 * Why a container cannot have the profiles of its machine that it is to run under; null: it can. No AppArmor profile but the runtime's
 * own is ever loaded; a seccomp profile is a file of the machine.
 *
 * @source containerd internal/cri/server/container_create_linux.go (generateApparmorSpecOpts), contrib/seccomp/seccomp.go (WithProfile)
 */
export function missingProfile(
  { appArmor, seccomp }: NonNullable<ContainerConfig['profiles']>,
  ctx: Context,
): string | null {
  if (appArmor !== '')
    return `failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found ${appArmor}`;
  if (seccomp === '' || ctx.disk.read(`${SECCOMP_FOLDER}/${seccomp}`).length > 0) return null;
  const path = `/${SECCOMP_FOLDER}/${seccomp}`;
  return `failed to create containerd container: cannot load seccomp profile "${path}": open ${path}: no such file or directory`;
}
