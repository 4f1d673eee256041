/** The columns of autoscalers. @source kubernetes pkg/printers/internalversion/printers.go (formatHPAMetrics) */
import { canonicalQuantity, type Quantity } from '../quantity';
import type { Kinds } from '../types';
import { ageText, columns, listed, NONE, type Printers, UNKNOWN, UNSET } from './printer';

interface Amounts {
  readonly value?: Quantity;
  readonly averageValue?: Quantity;
  readonly averageUtilization?: number;
}

/** What every source of a metric has: the amount that is wanted, or the one that was seen. */
interface Source {
  readonly name?: string;
  readonly target?: Amounts;
  readonly current?: Amounts;
}
type Sources = Readonly<Record<string, Source | undefined>>;

const SOURCES: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};
const MAX_METRICS = 2;

const amount = (quantity: Quantity | undefined): string => canonicalQuantity(quantity ?? '0');
const percent = (share: number | undefined, otherwise: string): string =>
  share === undefined ? otherwise : `${share}%`;

/** `50%/80%` or `5m/100m`: what is seen of a metric and what is wanted. */
function metricText(type: string, wanted: Sources, seen: Sources | undefined): string {
  const source = SOURCES[type];
  if (source === undefined) return '<unknown type>';
  const { name = '', target = {} } = wanted[source] ?? {};
  const current = seen?.[source]?.current;
  const { averageValue } = target;
  if (type === 'Resource' || type === 'ContainerResource') {
    const text =
      averageValue === undefined
        ? `${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, '<auto>')}`
        : `${current === undefined ? UNKNOWN : amount(current.averageValue)}/${amount(averageValue)}`;
    return `${name}: ${text}`;
  }
  if (type === 'Pods')
    return `${current === undefined ? UNKNOWN : amount(current.averageValue)}/${amount(averageValue)}`;
  if (averageValue === undefined)
    return `${current === undefined ? UNKNOWN : amount(current.value)}/${amount(target.value)}`;
  const average = current?.averageValue;
  return `${average === undefined ? UNKNOWN : amount(average)}/${amount(averageValue)} (avg)`;
}

function targetsText({ spec, status }: Kinds['HorizontalPodAutoscaler']): string {
  const wanted = spec?.metrics ?? [];
  const seen = (status?.currentMetrics ?? []) as unknown as readonly Sources[];
  const texts = wanted.map((metric, index) => metricText(metric.type, metric as unknown as Sources, seen[index]));
  return listed(texts, ', ', MAX_METRICS) || NONE;
}

export const autoscalingPrinters: Printers = {
  HorizontalPodAutoscaler: {
    columns: columns('Name,Reference,Targets,MinPods,MaxPods,Replicas,Age'),
    cells: (autoscaler, now) => [
      autoscaler.metadata.name,
      `${autoscaler.spec?.scaleTargetRef?.kind}/${autoscaler.spec?.scaleTargetRef?.name}`,
      targetsText(autoscaler),
      String(autoscaler.spec?.minReplicas ?? UNSET),
      autoscaler.spec?.maxReplicas ?? 0,
      autoscaler.status?.currentReplicas ?? 0,
      ageText(autoscaler.metadata, now),
    ],
  },
};
