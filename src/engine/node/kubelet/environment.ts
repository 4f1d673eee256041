/**
 * The environment of a container: variables of services, then `envFrom`, then `env`, each over the one before.
 *
 * @source kubernetes pkg/kubelet/envvars/envvars.go, pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)
 */
import { milliValue, quantityValue } from '#engine/api/quantity';
import type { ConfigMap, Container, Pod, Secret, Service } from '#engine/api/types';

/** What a container's configuration may refer to: `undefined` when the object does not exist. */
export interface ConfigObjects {
  readonly configMap: (name: string) => ConfigMap | undefined;
  readonly secret: (name: string) => Secret | undefined;
}

export interface EnvironmentFacts extends ConfigObjects {
  readonly services: readonly Service[];
  readonly hostIP: string;
  readonly podIP: string;
  readonly nodeName: string;
  /** For resource references without a limit: thousandths of a core and bytes. */
  readonly allocatable: { readonly milliCpu: number; readonly memory: number };
}

export type Environment =
  { readonly ok: true; readonly env: Record<string, string> } | { readonly ok: false; readonly error: string };

/** The variables of a container, or what is missing, in the words of CreateContainerConfigError. */
export function containerEnvironment(pod: Pod, container: Container, facts: EnvironmentFacts): Environment {
  const namespace = pod.metadata.namespace ?? '';
  const env: Record<string, string> = { HOSTNAME: pod.spec.hostname ?? pod.metadata.name };
  addServices(env, facts.services, namespace, pod.spec.enableServiceLinks !== false);
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const source = configMapRef ?? secretRef;
    if (source?.name === undefined) continue;
    const object = configMapRef === undefined ? facts.secret(source.name) : facts.configMap(source.name);
    if (object === undefined) {
      if (source.optional === true) continue;
      return missing(configMapRef === undefined ? 'secret' : 'configmap', source.name);
    }
    const data = configMapRef === undefined ? secretData(object as Secret) : ((object as ConfigMap).data ?? {});
    for (const key in data) env[prefix + key] = data[key] ?? '';
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom === undefined || valueFrom === null) {
      env[name] = expandVariables(value ?? '', env);
      continue;
    }
    const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
    if (fieldRef !== undefined) env[name] = fieldValue(fieldRef.fieldPath, pod, facts);
    else if (resourceFieldRef !== undefined) env[name] = resourceValue(pod, container, resourceFieldRef, facts);
    else if (configMapKeyRef !== undefined) {
      const { name: from = '', key, optional } = configMapKeyRef;
      const object = facts.configMap(from);
      if (object === undefined && optional !== true) return missing('configmap', from);
      const found = object?.data?.[key];
      if (found !== undefined) env[name] = found;
      else if (optional !== true)
        return { ok: false, error: `couldn't find key ${key} in ConfigMap ${namespace}/${from}` };
    } else if (secretKeyRef !== undefined) {
      const { name: from = '', key, optional } = secretKeyRef;
      const object = facts.secret(from);
      if (object === undefined && optional !== true) return missing('secret', from);
      const found = object === undefined ? undefined : secretData(object)[key];
      if (found !== undefined) env[name] = found;
      else if (optional !== true)
        return { ok: false, error: `couldn't find key ${key} in Secret ${namespace}/${from}` };
    }
  }
  return { ok: true, env };
}

const missing = (what: string, name: string): Environment => ({ ok: false, error: `${what} "${name}" not found` });

/** A Secret's values as text. */
export function secretData(secret: Secret): Record<string, string> {
  const data: Record<string, string> = {};
  for (const key in secret.data ?? {}) data[key] = decodeBase64(secret.data?.[key] ?? '');
  return { ...data, ...secret.stringData };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of text) {
    const value = BASE64.indexOf(letter);
    if (value < 0) continue;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  return decodeUtf8(bytes);
}

function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i] ?? 0;
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let j = 0; j < more; j++) point = (point << 6) | ((bytes[++i] ?? 0) & 0x3f);
    text += String.fromCodePoint(Math.min(point, 0x10ffff));
  }
  return text;
}

/** `$(NAME)` becomes the value of an earlier variable, `$$` one dollar; what is unknown stays. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$\$|\$\(([^()$]{1,256})\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );
}

export function fieldValue(path: string, pod: Pod, facts: EnvironmentFacts): string {
  const { metadata, spec } = pod;
  const entry = /^metadata\.(labels|annotations)\['([^']{1,400})'\]$/.exec(path);
  if (entry !== null) return (entry[1] === 'labels' ? metadata.labels : metadata.annotations)?.[entry[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'spec.nodeName':
      return facts.nodeName;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIP;
    default:
      return '';
  }
}

export function resourceValue(
  pod: Pod,
  own: Container,
  ref: { readonly resource: string; readonly containerName?: string; readonly divisor?: string | number },
  facts: EnvironmentFacts,
): string {
  const container =
    ref.containerName === undefined ? own : (pod.spec.containers.find(({ name }) => name === ref.containerName) ?? own);
  const [side, ...rest] = ref.resource.split('.');
  const resource = rest.join('.');
  const list = side === 'limits' ? container.resources?.limits : container.resources?.requests;
  const quantity = list?.[resource];
  const cpu = resource === 'cpu';
  const amount =
    quantity !== undefined
      ? cpu
        ? milliValue(quantity)
        : quantityValue(quantity)
      : side === 'limits'
        ? cpu
          ? facts.allocatable.milliCpu
          : facts.allocatable.memory
        : 0;
  const written = ref.divisor === undefined || quantityValue(ref.divisor) === 0 ? 1 : ref.divisor;
  const divisor = cpu ? milliValue(written) : quantityValue(written);
  return String(Math.ceil(amount / divisor));
}

/** Variables of the services of the pod's namespace, and of `kubernetes` in `default` always. */
function addServices(
  env: Record<string, string>,
  services: readonly Service[],
  namespace: string,
  links: boolean,
): void {
  for (const service of services) {
    const { name, namespace: home } = service.metadata;
    const master = home === 'default' && name === 'kubernetes';
    if (!master && !(links && home === namespace)) continue;
    const ip = service.spec.clusterIP;
    if (ip === undefined || ip === '' || ip === 'None') continue;
    Object.assign(env, serviceVariables(service));
  }
}

const variablesOf = new WeakMap<Service, Readonly<Record<string, string>>>();

/** The variables of one service with a cluster address. */
export function serviceVariables(service: Service): Readonly<Record<string, string>> {
  const known = variablesOf.get(service);
  if (known !== undefined) return known;
  const { clusterIP: ip = '', ports = [] } = service.spec;
  const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_');
  const env: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip };
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const first = ports[0];
  if (first !== undefined) env[`${prefix}_SERVICE_PORT`] = String(first.port);
  for (const { name, port } of ports) {
    if (name !== undefined && name !== '')
      env[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`] = String(port);
  }
  ports.forEach(({ port, protocol = 'TCP' }, i) => {
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    if (i === 0) env[`${prefix}_PORT`] = url;
    const own = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    env[own] = url;
    env[`${own}_PROTO`] = protocol.toLowerCase();
    env[`${own}_PORT`] = String(port);
    env[`${own}_ADDR`] = ip;
  });
  variablesOf.set(service, env);
  return env;
}
