/**
 * The limit ranges of a namespace: containers get their defaults, pods and claims outside of them are refused.
 *
 * @source kubernetes plugin/pkg/admission/limitranger/admission.go
 */
import { canonicalQuantity, formatBytes, formatMilliCpu, milliValue, type Quantity } from '#engine/api/quantity';
import { sortedKeys } from '#engine/api/json';
import { isSidecar } from '#engine/api/pod-resources';
import { forbidden } from '#engine/api/status-error';
import type { Container, LimitRange, PersistentVolumeClaim, Pod } from '#engine/api/types';
import { admit, type AdmissionPlugin, type AdmissionRequest, refuse } from '../plugin';

type Item = NonNullable<LimitRange['spec']>['limits'][number];
type Amounts = Readonly<Record<string, Quantity>> | undefined;

const ANNOTATION = 'kubernetes.io/limit-ranger';

const concerns = ({ info, subresource, verb }: AdmissionRequest): boolean =>
  subresource === '' &&
  ((info.kind === 'Pod' && verb === 'create') || (info.kind === 'PersistentVolumeClaim' && verb !== 'delete'));

/** `list` with what it lacks of `defaults`, and the names of that. */
function filled(list: Amounts, defaults: Amounts): [Amounts, readonly string[]] {
  const missing = sortedKeys(defaults ?? {}).filter((name) => list?.[name] === undefined);
  return missing.length === 0 ? [list, missing] : [{ ...defaults, ...list }, missing];
}

export const limitRanger: AdmissionPlugin = (request, object, around) => {
  if (!concerns(request) || request.info.kind !== 'Pod') return admit(object);
  let pod = object as Pod;
  for (const range of around.all('limitranges', request.namespace) as readonly LimitRange[]) {
    const notes: string[] = [];
    const give = (containers: readonly Container[] | undefined, what: string): Container[] | undefined =>
      containers?.map((container) => {
        let { limits, requests }: { limits?: Amounts; requests?: Amounts } = container.resources ?? {};
        const set = { request: new Set<string>(), limit: new Set<string>() };
        for (const item of range.spec?.limits ?? []) {
          if (item.type !== 'Container') continue;
          const [nextLimits, newLimits] = filled(limits, item.default);
          const [nextRequests, newRequests] = filled(requests, item.defaultRequest);
          [limits, requests] = [nextLimits, nextRequests];
          newLimits.forEach((name) => set.limit.add(name));
          newRequests.forEach((name) => set.request.add(name));
        }
        for (const side of ['request', 'limit'] as const)
          if (set[side].size > 0) notes.push(`${[...set[side]].join(', ')} ${side} for ${what} ${container.name}`);
        return set.request.size + set.limit.size === 0
          ? container
          : ({ ...container, resources: { ...container.resources, limits, requests } } as Container);
      });
    const containers = give(pod.spec.containers, 'container');
    const initContainers = give(pod.spec.initContainers, 'init container');
    if (notes.length === 0) continue;
    const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
    pod = {
      ...pod,
      metadata: { ...pod.metadata, annotations },
      spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
    } as Pod;
  }
  return admit(pod);
};

/** What a pod asks for in one list: its containers together, or its greatest init container when that is more. */
function podAmounts(pod: Pod, side: 'requests' | 'limits'): Amounts {
  const sums = new Map<string, number>();
  const { containers, initContainers = [] } = pod.spec;
  const amountsOf = (container: Container): [string, number][] =>
    Object.entries((container.resources?.[side] ?? {}) as NonNullable<Amounts>).map(([name, value]) => [
      name,
      milliValue(value),
    ]);
  for (const container of [...containers, ...initContainers.filter(isSidecar)])
    for (const [name, amount] of amountsOf(container)) sums.set(name, (sums.get(name) ?? 0) + amount);
  for (const container of initContainers)
    for (const [name, amount] of amountsOf(container)) sums.set(name, Math.max(sums.get(name) ?? 0, amount));
  return Object.fromEntries(
    [...sums].map(([name, milli]) => [name, name === 'cpu' ? formatMilliCpu(milli) : formatBytes(milli / 1000)]),
  );
}

function violations(item: Item, requests: Amounts, limits: Amounts, isClaim: boolean): string[] {
  const found: string[] = [];
  const each = (list: Amounts, check: (name: string, bound: Quantity) => string | undefined): void => {
    for (const name of sortedKeys(list ?? {})) {
      const text = check(name, list?.[name] ?? 0);
      if (text !== undefined) found.push(text);
    }
  };
  const outside = (bound: Quantity, value: Quantity | undefined, sign: number): boolean =>
    value !== undefined && (milliValue(value) - milliValue(bound)) * sign > 0;
  each(item.min, (name, bound) => {
    const [request, limit] = [requests?.[name], limits?.[name]];
    const text = `minimum ${name} usage per ${item.type} is ${canonicalQuantity(bound)}`;
    if (request === undefined) return `${text}.  No request is specified`;
    if (outside(bound, request, -1)) return `${text}, but request is ${canonicalQuantity(request)}`;
    return outside(bound, limit, -1) ? `${text}, but limit is ${canonicalQuantity(limit ?? 0)}` : undefined;
  });
  each(item.max, (name, bound) => {
    const [request, limit] = [requests?.[name], limits?.[name]];
    const text = `maximum ${name} usage per ${item.type} is ${canonicalQuantity(bound)}`;
    const missing = isClaim ? request : limit;
    if (missing === undefined) return `${text}.  No ${isClaim ? 'request' : 'limit'} is specified`;
    if (outside(bound, limit, 1)) return `${text}, but limit is ${canonicalQuantity(limit ?? 0)}`;
    return outside(bound, request, 1) ? `${text}, but request is ${canonicalQuantity(request ?? 0)}` : undefined;
  });
  each(isClaim ? undefined : item.maxLimitRequestRatio, (name, bound) => {
    const [request, limit] = [milliValue(requests?.[name]), milliValue(limits?.[name])];
    const text = `${name} max limit to request ratio per ${item.type} is ${canonicalQuantity(bound)}, but`;
    if (request === 0) return `${text} no request is specified or request is 0`;
    if (limit === 0) return `${text} no limit is specified or limit is 0`;
    const ratio = limit / request;
    return ratio * 1000 > milliValue(bound) ? `${text} provided ratio is ${ratio.toFixed(6)}` : undefined;
  });
  return found;
}

function violationsOf(item: Item, object: Pod | PersistentVolumeClaim): string[] {
  if (object.kind === 'PersistentVolumeClaim') {
    const { resources } = object.spec ?? {};
    return item.type === object.kind ? violations(item, resources?.requests, undefined, true) : [];
  }
  const pod = object;
  if (item.type === 'Pod') return violations(item, podAmounts(pod, 'requests'), podAmounts(pod, 'limits'), false);
  if (item.type !== 'Container') return [];
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    violations(item, resources?.requests, resources?.limits, false),
  );
}

/** Validating half. */
export const limitRangerBounds: AdmissionPlugin = (request, object, around) => {
  if (!concerns(request)) return admit(object);
  for (const range of around.all('limitranges', request.namespace) as readonly LimitRange[]) {
    const found = new Set(
      (range.spec?.limits ?? []).flatMap((item) => violationsOf(item, object as Pod | PersistentVolumeClaim)),
    );
    if (found.size === 0) continue;
    const list = [...found].join(', ');
    return refuse(forbidden(request.info, request.shownName, found.size === 1 ? list : `[${list}]`));
  }
  return admit(object);
};
