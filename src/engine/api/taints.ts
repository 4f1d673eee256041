/**
 * Which taints a pod puts up with.
 *
 * @source kubernetes staging/src/k8s.io/api/core/v1/toleration.go, component-helpers/scheduling/corev1/helpers.go
 */
import type { Pod, Taint, Toleration } from './types';

const NONE: readonly Toleration[] = [];

export const tolerationsOf = (pod: Pod): readonly Toleration[] => pod.spec.tolerations ?? NONE;

/** An empty effect tolerates every effect, an empty key with `Exists` every key. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { effect = '', key = '', operator = '', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (operator) {
    case '':
    case 'Equal':
      return value === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}

/** The first of these taints that nothing tolerates. */
export function untoleratedTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | null {
  for (const taint of taints) {
    let isTolerated = false;
    for (const toleration of tolerations) {
      if (tolerates(toleration, taint)) {
        isTolerated = true;
        break;
      }
    }
    if (!isTolerated) return taint;
  }
  return null;
}
