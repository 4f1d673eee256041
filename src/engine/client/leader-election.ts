/**
 * Leader election by a Lease: of several processes of a kind only the holder works. A holder that does not manage to
 * renew gives up before another may take over, because its lease ends later than its patience.
 *
 * @source client-go tools/leaderelection/leaderelection.go, resourcelock/leaselock.go
 */
import { microTimestamp, parseTimestamp } from '#engine/api/timestamp';
import type { Kinds, KubeObjectInput, ObjectReference } from '#engine/api/types';
import type { Context, EventId, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Delivery, request } from './client';
import { type Recorder, recordEvent } from './events';
import { collectionPath, objectPath } from './paths';
import type { Client } from './state';

type Lease = Kinds['Lease'];

export interface ElectionSettings {
  readonly namespace: string;
  /** Of the Lease, e.g. `kube-scheduler`. */
  readonly name: string;
  /** How long others respect a holder that they do not see renewing. */
  readonly leaseDuration?: Micros;
  /** How long a holder tries to renew before it gives up. */
  readonly renewDeadline?: Micros;
  /** Between two tries. */
  readonly retryPeriod?: Micros;
}

export interface Election {
  readonly settings: Required<ElectionSettings>;
  /** `<machine>_<uuid>`. */
  readonly identity: string;
  phase: 'acquiring' | 'leading' | 'lost';
  /** The Lease as last seen, and when (monotonic) its record was last seen to change. */
  observed: Lease | null;
  observedAt: Micros;
  /** Number of the try under way or last made; answers to earlier ones do not count. */
  attempt: number;
  retry: EventId | null;
  /** Ends a holder's patience; null while it is not renewing. */
  deadline: EventId | null;
}

/** `lost`: stop working at once, and start a new election to take part again. */
export type Transition = 'leading' | 'lost';

interface ElectionMessage extends Message {
  readonly type: 'election/retry' | 'election/deadline' | 'election/read' | 'election/written' | 'election/renewed';
  readonly lease: string;
  readonly attempt: number;
}

const BUCKET = 'leader-election';
/** Tries to acquire are spread: the period, stretched by up to 1.2 times itself. */
const JITTER = 1.2;

/** Takes part in an election. Hand all messages and answers of the process to `receiveElection` from now on. */
export function startElection(client: Client, ctx: Context, settings: ElectionSettings): Election {
  const election: Election = {
    settings: {
      leaseDuration: 15 * SECOND,
      renewDeadline: 10 * SECOND,
      retryPeriod: 2 * SECOND,
      ...settings,
    },
    identity: `${ctx.machine}_${uuid(ctx)}`,
    phase: 'acquiring',
    observed: null,
    observedAt: 0,
    attempt: 0,
    retry: null,
    deadline: null,
  };
  ctx.log(`I leaderelection.go:257] attempting to acquire leader lease ${leaseKey(election)}...`);
  read(election, client, ctx);
  return election;
}

/**
 * What an election makes of a message, or of the answer that `receive` made of one.
 *
 * @param recorder - of the component; says who became leader
 * @returns the transition that it led to, or null
 */
export function receiveElection(
  election: Election,
  client: Client,
  recorder: Recorder,
  received: Message | Delivery,
  ctx: Context,
): Transition | null {
  const answer = received.type === 'answer' && 'tag' in received ? received : null;
  // Types that begin with `election/` are the election's own.
  const message = (answer?.tag ?? received) as ElectionMessage;
  if (!message.type.startsWith('election/') || message.lease !== leaseKey(election)) return null;
  if (election.phase === 'lost') return null;
  switch (message.type) {
    case 'election/retry':
      election.retry = null;
      tryAgain(election, client, ctx);
      return null;
    case 'election/deadline':
      return giveUp(election, client, recorder, ctx);
    case 'election/read':
      if (answer !== null && message.attempt === election.attempt) wasRead(election, client, answer, ctx);
      return null;
    case 'election/written':
    case 'election/renewed':
      if (answer === null || message.attempt !== election.attempt) return null;
      return wasWritten(election, client, recorder, answer, message.type === 'election/renewed', ctx);
  }
}

export function isLeading(election: Election): boolean {
  return election.phase === 'leading';
}

function tryAgain(election: Election, client: Client, ctx: Context): void {
  if (election.phase === 'leading') {
    if (election.deadline === null) {
      const message: ElectionMessage = {
        type: 'election/deadline',
        lease: leaseKey(election),
        attempt: election.attempt,
      };
      election.deadline = ctx.after(election.settings.renewDeadline, message);
    }
    if (isRespected(election, ctx) && election.observed?.spec?.holderIdentity === election.identity) {
      write(election, client, ctx, election.observed, 'election/renewed');
      return;
    }
  }
  read(election, client, ctx);
}

function read(election: Election, client: Client, ctx: Context): void {
  election.attempt += 1;
  const { namespace, name } = election.settings;
  const spec = { method: 'GET', path: objectPath('Lease', namespace, name), ...requestLimits(election) } as const;
  request(client, ctx, spec, tagOf(election, 'election/read'));
}

function wasRead(
  election: Election,
  client: Client,
  answer: Extract<Delivery, { type: 'answer' }>,
  ctx: Context,
): void {
  if (answer.code === 404) {
    write(election, client, ctx, null);
    return;
  }
  if (!answer.ok) {
    ctx.log(`E leaderelection.go:436] error retrieving resource lock ${leaseKey(election)}: ${messageOf(answer.body)}`);
    retryLater(election, ctx);
    return;
  }
  // A 200 answer to a GET of a Lease is that Lease.
  const lease = answer.body as Lease;
  observe(election, lease, ctx);
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder !== '' && holder !== election.identity && isRespected(election, ctx)) retryLater(election, ctx);
  else write(election, client, ctx, lease);
}

/** Creates the Lease (`known` is null), takes it over, or renews it. */
function write(
  election: Election,
  client: Client,
  ctx: Context,
  known: Lease | null,
  answerType: 'election/written' | 'election/renewed' = 'election/written',
): void {
  election.attempt += 1;
  const { namespace, name, leaseDuration } = election.settings;
  const now = microTimestamp(ctx.now);
  const mine = known?.spec?.holderIdentity === election.identity;
  const transitions = known?.spec?.leaseTransitions ?? 0;
  const spec = {
    ...known?.spec,
    holderIdentity: election.identity,
    leaseDurationSeconds: Math.floor(leaseDuration / SECOND),
    acquireTime: mine ? (known.spec?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: known === null || mine ? transitions : transitions + 1,
  };
  const tag = tagOf(election, answerType);
  const limits = requestLimits(election);
  if (known === null) {
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec,
    } satisfies KubeObjectInput & Pick<Lease, 'spec'>;
    request(client, ctx, { method: 'POST', path: collectionPath('Lease', namespace), body, ...limits }, tag);
  } else {
    const body: Lease = { ...known, spec };
    request(client, ctx, { method: 'PUT', path: objectPath('Lease', namespace, name), body, ...limits }, tag);
  }
}

function wasWritten(
  election: Election,
  client: Client,
  recorder: Recorder,
  answer: Extract<Delivery, { type: 'answer' }>,
  fromMemory: boolean,
  ctx: Context,
): Transition | null {
  if (!answer.ok) {
    ctx.log(`E leaderelection.go:429] error updating resource lock ${leaseKey(election)}: ${messageOf(answer.body)}`);
    // What it rested on may be out of date: look at the Lease at once. Everything else waits for its turn.
    if (fromMemory) read(election, client, ctx);
    else retryLater(election, ctx);
    return null;
  }
  observe(election, answer.body as Lease, ctx);
  ctx.cancel(election.deadline);
  election.deadline = null;
  if (election.phase === 'leading') {
    retryLater(election, ctx);
    return null;
  }
  election.phase = 'leading';
  retryLater(election, ctx);
  ctx.log(`I leaderelection.go:271] successfully acquired lease ${leaseKey(election)}`);
  announce(election, client, recorder, 'became leader', ctx);
  return 'leading';
}

function giveUp(election: Election, client: Client, recorder: Recorder, ctx: Context): Transition {
  ctx.cancel(election.retry);
  election.retry = null;
  election.deadline = null;
  election.phase = 'lost';
  ctx.log(`I leaderelection.go:297] failed to renew lease ${leaseKey(election)}: context deadline exceeded`);
  announce(election, client, recorder, 'stopped leading', ctx);
  return 'lost';
}

function announce(election: Election, client: Client, recorder: Recorder, what: string, ctx: Context): void {
  const { namespace, name } = election.settings;
  const known = election.observed?.metadata;
  const regarding: ObjectReference = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace,
    name,
    ...(known === undefined ? null : { uid: known.uid, resourceVersion: known.resourceVersion }),
  };
  const message = `${election.identity} ${what}`;
  recordEvent(client, recorder, ctx, { regarding, type: 'Normal', reason: 'LeaderElection', message });
}

function retryLater(election: Election, ctx: Context): void {
  const { retryPeriod } = election.settings;
  const stretch = election.phase === 'leading' ? 0 : JITTER * ctx.random('leader-election').fraction();
  ctx.cancel(election.retry);
  election.retry = ctx.after(Math.floor(retryPeriod * (1 + stretch)), tagOf(election, 'election/retry'));
}

/** A holder's time counts from when its last renewal was seen here: clocks of machines need not agree. */
function isRespected(election: Election, ctx: Context): boolean {
  const duration = (election.observed?.spec?.leaseDurationSeconds ?? 0) * SECOND;
  return election.observed !== null && ctx.monotonic < election.observedAt + duration;
}

function observe(election: Election, lease: Lease, ctx: Context): void {
  const before = election.observed?.spec;
  const now = lease.spec;
  const isSame =
    before !== undefined &&
    before.holderIdentity === now?.holderIdentity &&
    before.leaseTransitions === now?.leaseTransitions &&
    before.leaseDurationSeconds === now?.leaseDurationSeconds &&
    sameMoment(before.renewTime, now?.renewTime) &&
    sameMoment(before.acquireTime, now?.acquireTime);
  if (!isSame) election.observedAt = ctx.monotonic;
  election.observed = lease;
}

function sameMoment(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && parseTimestamp(a) === parseTimestamp(b));
}

const leaseKey = ({ settings }: Election): string => `${settings.namespace}/${settings.name}`;

const requestLimits = ({ settings }: Election): { readonly timeout: Micros; readonly bucket: string } => ({
  timeout: Math.max(SECOND, Math.floor(settings.renewDeadline / 2)),
  bucket: BUCKET,
});

const tagOf = (election: Election, type: ElectionMessage['type']): ElectionMessage => ({
  type,
  lease: leaseKey(election),
  attempt: election.attempt,
});

const messageOf = (body: unknown): string => (body as { readonly message?: string }).message ?? '';

/** A random (version 4) UUID. */
function uuid(ctx: Context): string {
  const random = ctx.random('leader-election-identity');
  const words = [random.word(), random.word(), random.word(), random.word()];
  words[1] = ((words[1] ?? 0) & 0xffff0fff) | 0x4000;
  words[2] = ((words[2] ?? 0) & 0x3fffffff) | 0x80000000;
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
