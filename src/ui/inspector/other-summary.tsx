/** An object of a kind of which the frames tell nothing: read whole from the engine, shown as what most kinds have in common. */
import type { Subject } from '#engine/cluster/records';
import { parseTimestamp } from '#engine/api/timestamp';
import { SECOND } from '#engine/kernel/time';
import { useUi } from '../state/store';
import { formatAge } from '../text/virtual-time';
import { useText } from '../text/text';
import { Conditions } from './conditions';
import { Facts } from './facts';
import { Labels } from './labels';
import { SubjectLink } from './subject-link';
import { useObject } from './use-live';

interface Whole {
  readonly metadata: {
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

interface ConditionLike {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

const isWhole = (value: unknown): value is Whole => typeof value === 'object' && value !== null && 'metadata' in value;

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

const conditionsOf = (status: Whole['status']) =>
  (Array.isArray(status?.['conditions']) ? (status['conditions'] as readonly ConditionLike[]) : []).map((one) => ({
    type: word(one.type),
    status: word(one.status),
    reason: word(one.reason),
    message: word(one.message),
  }));

/** Fields that say how it stands, by their own names, as far as it has them. */
const TOLD = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'desiredNumberScheduled',
  'numberReady',
  'active',
  'succeeded',
  'failed',
  'phase',
  'desiredHealthy',
  'currentHealthy',
] as const;
const TOLD_OF_SPEC = ['schedule', 'suspend', 'storageClassName', 'volumeName', 'minReplicas', 'maxReplicas'] as const;

const plain = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

export function OtherSummary({ selection }: { selection: Subject }) {
  const text = useText();
  const [live] = useObject(selection);
  const now = useUi((state) => Math.floor(state.mirror.now / SECOND) * SECOND);
  if (live.state === 'waiting') return null;
  if (live.state === 'failed') return <p className="callout">{live.message}</p>;
  if (!isWhole(live.value)) return <p className="quiet">{text.inspector.gone}</p>;
  const { metadata, spec, status } = live.value;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const age =
    metadata.creationTimestamp === undefined ? null : formatAge(now - parseTimestamp(metadata.creationTimestamp));
  return (
    <>
      <Facts
        rows={[
          ...TOLD_OF_SPEC.map((field) => [field, plain(spec?.[field])] as const),
          ...TOLD.map((field) => [field, plain(status?.[field])] as const),
          [text.inspector.age, age],
        ]}
      />
      {owner ? (
        <dl className="facts">
          <div>
            <dt>{text.inspector.owner}</dt>
            <dd>
              <SubjectLink subject={{ kind: owner.kind, namespace: selection.namespace, name: owner.name }}>
                {text.inspector.ownerName(owner.kind, owner.name)}
              </SubjectLink>
            </dd>
          </div>
        </dl>
      ) : null}
      <Conditions conditions={conditionsOf(status)} />
      <Labels labels={metadata.labels ?? {}} />
    </>
  );
}
