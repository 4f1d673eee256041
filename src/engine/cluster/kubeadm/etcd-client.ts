/**
 * kubeadm's client of etcd: one question at a time, to one member after the other until one answers.
 *
 * @source kubernetes cmd/kubeadm/app/util/etcd/etcd.go (etcdTimeout, etcdAPICallRetryInterval)
 */
import type { EtcdAnswer, EtcdRequest, MemberChangeRequest, MemberListRequest, StatusRequest } from '#engine/etcd/wire';
import type { Context, KernelMessage, Message, ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';

type Unnumbered<Request> = Omit<Request, 'id'>;
export type EtcdCall = Unnumbered<MemberListRequest> | Unnumbered<MemberChangeRequest> | Unnumbered<StatusRequest>;

export interface EtcdClient {
  nextId: number;
  /** Which endpoint is asked next. */
  turn: number;
  /** The question under way. */
  asked: { readonly id: number; readonly of: ProcessId } | null;
}

export interface EtcdTimeout extends Message {
  readonly type: 'kubeadm/etcd-timeout';
  readonly id: number;
}

const TIMEOUT: Micros = 2 * SECOND;
/** What Go's client says of a member that does not answer in time. */
const DEADLINE_EXCEEDED = 'context deadline exceeded';

export const newEtcdClient = (now: Micros): EtcdClient => ({ nextId: now + 1, turn: 0, asked: null });

/** @returns what is wrong, when there is nobody to ask */
export function askEtcd(
  client: EtcdClient,
  ctx: Context,
  call: EtcdCall,
  endpoints: readonly ProcessId[],
): string | null {
  const of = endpoints[client.turn % endpoints.length];
  if (of === undefined) return 'could not retrieve the list of etcd endpoints';
  const id = client.nextId++;
  client.asked = { id, of };
  const message: EtcdRequest = { ...call, id };
  ctx.send(of, message);
  const timeout: EtcdTimeout = { type: 'kubeadm/etcd-timeout', id };
  ctx.after(TIMEOUT, timeout);
  return null;
}

/** What a message says about the question under way: the answer, or what is wrong. Null: nothing. */
export function etcdAnswered(
  client: EtcdClient,
  message: EtcdAnswer | EtcdTimeout | KernelMessage,
): EtcdAnswer | { readonly error: string } | null {
  const { asked } = client;
  if (asked === null) return null;
  if (message.type === 'kernel/down') return null;
  if (message.type === 'kernel/refused') {
    return message.to === asked.of ? failed(client, DEADLINE_EXCEEDED) : null;
  }
  if (message.id !== asked.id) return null;
  if (message.type === 'kubeadm/etcd-timeout') return failed(client, DEADLINE_EXCEEDED);
  if (message.type === 'etcd/error') return failed(client, message.error);
  client.asked = null;
  return message;
}

function failed(client: EtcdClient, error: string): { readonly error: string } {
  client.asked = null;
  client.turn++;
  return { error };
}
