/**
 * Where objects name each other: names that were changed are changed there, too.
 *
 * @source sigs.k8s.io/kustomize api/konfig/builtinpluginconsts/namereference.go, api/internal/accumulator/namereferencetransformer.go
 */
import { isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import { changeAt, kindOf, nameOf, namespaceOf, type Resource, steps, textOf } from './resource';

interface Reference {
  /** What is named. */
  readonly to: string;
  readonly kinds: readonly string[];
  readonly path: string;
}

const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: 'spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};

const inPods = (to: string, ...paths: readonly string[]): Reference[] =>
  Object.entries(POD_SPECS).flatMap(([kind, root]) =>
    paths.map((path) => ({ to, kinds: [kind], path: `${root}/${path}` })),
  );
const inContainers = (path: string): string[] => [`containers/${path}`, `initContainers/${path}`];
const at = (to: string, kinds: string, ...paths: readonly string[]): Reference[] =>
  paths.map((path) => ({ to, kinds: kinds.split(' '), path }));

const BACKENDS = ['spec/rules/http/paths/backend', 'spec/defaultBackend'];

const REFERENCES: readonly Reference[] = [
  ...inPods(
    'ConfigMap',
    'volumes/configMap/name',
    'volumes/projected/sources/configMap/name',
    ...inContainers('env/valueFrom/configMapKeyRef/name'),
    ...inContainers('envFrom/configMapRef/name'),
  ),
  ...inPods(
    'Secret',
    'volumes/secret/secretName',
    'volumes/projected/sources/secret/name',
    'imagePullSecrets/name',
    ...inContainers('env/valueFrom/secretKeyRef/name'),
    ...inContainers('envFrom/secretRef/name'),
  ),
  ...at('Secret', 'ServiceAccount', 'secrets/name', 'imagePullSecrets/name'),
  ...at('Secret', 'Ingress', 'spec/tls/secretName'),
  ...at('ConfigMap', 'Role ClusterRole', 'rules/resourceNames[]'),
  ...at('Secret', 'Role ClusterRole', 'rules/resourceNames[]'),
  ...at('Service', 'StatefulSet', 'spec/serviceName'),
  ...at('Service', 'Ingress', ...BACKENDS.map((path) => `${path}/service/name`)),
  ...at('Service', 'APIService', 'spec/service/name'),
  ...at('Service', 'ValidatingWebhookConfiguration MutatingWebhookConfiguration', 'webhooks/clientConfig/service/name'),
  ...inPods('ServiceAccount', 'serviceAccountName', 'serviceAccount'),
  ...inPods('PersistentVolumeClaim', 'volumes/persistentVolumeClaim/claimName'),
  ...inPods('PriorityClass', 'priorityClassName'),
  ...at('PersistentVolume', 'PersistentVolumeClaim', 'spec/volumeName'),
  ...at('StorageClass', 'PersistentVolume PersistentVolumeClaim', 'spec/storageClassName'),
  ...at('StorageClass', 'StatefulSet', 'spec/volumeClaimTemplates/spec/storageClassName'),
  ...at('IngressClass', 'Ingress', 'spec/ingressClassName'),
];

/** Which of the objects that had this name is meant: one of the same affixes and namespace when there are several. */
function meant(from: Resource, all: readonly Resource[], kind: string, name: string): Resource | null {
  const known = all.filter((one) => kindOf(one) === kind && one.before.some((before) => before.name === name));
  if (known.length < 2) return known[0] ?? null;
  const beside = known.filter((one) => one.affixes.join() === from.affixes.join());
  const close = (beside.length > 0 ? beside : known).filter((one) => namespaceOf(one) === namespaceOf(from));
  return close[0] ?? beside[0] ?? known[0] ?? null;
}

export function mendReferences(resources: readonly Resource[]): void {
  for (const from of resources) {
    const renamed =
      (kind: string) =>
      (found: JsonValue | undefined): JsonValue | undefined => {
        const to = typeof found === 'string' ? meant(from, resources, kind, found) : null;
        return to === null ? found : nameOf(to);
      };
    for (const { to, kinds, path } of REFERENCES)
      if (kinds.includes(kindOf(from)))
        from.object = changeAt(from.object, steps(path), false, renamed(to)) as JsonObject;
    if (kindOf(from) === 'HorizontalPodAutoscaler') mendTyped(from, ['spec', 'scaleTargetRef'], renamed);
    if (!kindOf(from).endsWith('RoleBinding')) continue;
    mendTyped(from, ['roleRef'], renamed);
    from.object = changeAt(from.object, ['subjects[]'], false, (subject) =>
      isJsonObject(subject) ? subjectOf(from, resources, subject) : subject,
    ) as JsonObject;
  }
}

/** A reference that says of which kind it is. */
function mendTyped(
  from: Resource,
  path: readonly string[],
  renamed: (kind: string) => (found: JsonValue | undefined) => JsonValue | undefined,
): void {
  from.object = changeAt(from.object, path, false, (found) =>
    isJsonObject(found) ? { ...found, name: renamed(textOf(found['kind']))(found['name']) ?? null } : found,
  ) as JsonObject;
}

/** Names of subjects are those of accounts, whatever their kind. */
function subjectOf(from: Resource, all: readonly Resource[], subject: JsonObject): JsonObject {
  const to = meant(from, all, 'ServiceAccount', textOf(subject['name']));
  if (to === null) return subject;
  const namespace = namespaceOf(to);
  const placed = namespace === '' ? {} : { namespace };
  return { ...subject, name: nameOf(to), ...placed };
}
