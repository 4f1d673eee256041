/**
 * When a node was last heard of, by the controller's own clock, and what becomes of its conditions when it falls silent.
 *
 * @source kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth)
 */
import { conditionOf } from '#engine/api/meta';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type { Lease, Node } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';

/** `--node-monitor-grace-period`: silence after which a node is Unknown. */
export const NODE_MONITOR_GRACE_PERIOD: Micros = 50 * SECOND;
/** `--node-startup-grace-period`: the same for a node that never said anything, counted from its creation. */
export const NODE_STARTUP_GRACE_PERIOD: Micros = 60 * SECOND;

type NodeCondition = NonNullable<Node['status']['conditions']>[number];

/** What is remembered of a node between passes. */
export interface NodeHealth {
  readonly uid: string;
  /** When a sign of life was last noticed. */
  readonly probedAt: Micros;
  /** The Ready condition's `lastHeartbeatTime` as last seen; `null` without that condition. */
  readonly heartbeat: string | null;
  /** The Lease's `renewTime` as last noticed. */
  readonly renewTime: string | null;
}

/** Notices a new heartbeat or a renewed Lease. Answers `known` itself when there is none. */
export function probe(node: Node, lease: Lease | undefined, known: NodeHealth | undefined, now: Micros): NodeHealth {
  const ready = conditionOf(node.status.conditions, 'Ready');
  const heartbeat = ready === undefined ? null : (ready.lastHeartbeatTime ?? '');
  let health = known;
  if (health === undefined || health.uid !== node.metadata.uid) {
    const probedAt = ready === undefined ? parseTimestamp(node.metadata.creationTimestamp) : now;
    health = { uid: node.metadata.uid, probedAt, heartbeat, renewTime: null };
  } else if (health.heartbeat !== heartbeat) {
    health = { uid: node.metadata.uid, probedAt: now, heartbeat, renewTime: null };
  }
  const renewed = lease?.spec?.renewTime ?? null;
  const noticed = known?.uid === node.metadata.uid ? known.renewTime : null;
  // RFC 3339 texts in UTC with a fixed number of digits are in order of time as they are in order of bytes.
  if (renewed !== null && (noticed === null || renewed > noticed))
    return { ...health, probedAt: now, renewTime: renewed };
  return health;
}

export function isSilent(node: Node, { probedAt }: NodeHealth, now: Micros): boolean {
  const ready = conditionOf(node.status.conditions, 'Ready');
  return now > probedAt + (ready === undefined ? NODE_STARTUP_GRACE_PERIOD : NODE_MONITOR_GRACE_PERIOD);
}

const SILENCED: readonly NodeCondition['type'][] = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions of a node that fell silent: Unknown, with the old heartbeat times; `null` when Ready is Unknown already. */
export function silentConditions(node: Node, now: Micros): readonly NodeCondition[] | null {
  const conditions = node.status.conditions ?? [];
  if (conditionOf(conditions, 'Ready')?.status === 'Unknown') return null;
  const known = conditions.map((condition): NodeCondition => {
    if (!SILENCED.includes(condition.type) || condition.status === 'Unknown') return condition;
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: timestamp(now),
    };
  });
  const missing = SILENCED.filter((type) => conditionOf(conditions, type) === undefined).map((type): NodeCondition => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: node.metadata.creationTimestamp,
    lastTransitionTime: timestamp(now),
  }));
  return [...known, ...missing];
}
