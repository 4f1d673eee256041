/**
 * Who belongs to the group, as the log has it: every member applies the same changes. Plain data; `Member`s are frozen.
 *
 * @source etcd server/etcdserver/api/membership/cluster.go
 */
import { hashName } from '#engine/kernel/random';
import { MEMBER_EXISTS, MEMBER_NOT_FOUND, MEMBER_NOT_LEARNER, PEER_URL_EXISTS, TOO_MANY_LEARNERS } from './errors';
import type { ConfChange } from './raft/messages';
import type { Member, MemberChangeRequest } from './wire';

export interface Membership {
  readonly byId: Map<number, Member>;
  /** Ids that were removed: nobody gets them again. */
  readonly removed: Set<number>;
}

/** @source etcd server/config/config.go (MaxLearners) */
const MAX_LEARNERS = 1;

export const membershipOf = (members: readonly Member[], removed: readonly number[]): Membership => ({
  byId: new Map(members.map((member) => [member.id, member])),
  removed: new Set(removed),
});

/** In ascending order of ids. */
export const membersOf = ({ byId }: Membership): Member[] => [...byId.values()].sort((a, b) => a.id - b.id);

/** The id that the next new member gets. */
export const nextMemberId = ({ byId, removed }: Membership): number => Math.max(0, ...byId.keys(), ...removed) + 1;

/** A number as etcd prints its ids: 16 hexadecimal digits. */
export const idText = (cluster: number, id: number): string => hex(`${cluster}/${id}`);
/** A cluster's id as etcd prints it. */
export const clusterText = (cluster: number): string => hex(`cluster ${cluster}`);

const hex = (name: string): string =>
  [0x811c9dc5, 0x9e3779b9].map((basis) => hashName(name, basis).toString(16).padStart(8, '0')).join('');

/** Why a change is against the rules, in etcd's words, or null. Asked when it is applied, and before it is proposed. */
export function changeError(
  membership: Membership,
  { change, member: id, process }: MemberChangeRequest,
): string | null {
  const members = membersOf(membership);
  const member = membership.byId.get(id);
  if (change === 'add' || change === 'add-learner') {
    if (member !== undefined || membership.removed.has(id)) return MEMBER_EXISTS;
    if (members.some((other) => other.process === process)) return PEER_URL_EXISTS;
    const learners = members.filter(({ learner }) => learner).length;
    return change === 'add-learner' && learners >= MAX_LEARNERS ? TOO_MANY_LEARNERS : null;
  }
  if (member === undefined) return MEMBER_NOT_FOUND;
  if (change === 'promote' && !member.learner) return MEMBER_NOT_LEARNER;
  const taken = change === 'update' && members.some((other) => other.id !== id && other.process === process);
  return taken ? PEER_URL_EXISTS : null;
}

/** What a change means to Raft. */
export function confChangeOf({ change, member: id }: MemberChangeRequest): ConfChange | null {
  if (change === 'update') return null;
  return { type: change === 'remove' ? 'remove' : change === 'add-learner' ? 'add-learner' : 'add-voter', id };
}

/** Carries out a change that `changeError` lets pass. */
export function applyMemberChange(membership: Membership, request: MemberChangeRequest): Member | null {
  const { change, member: id, process = '' } = request;
  const known = membership.byId.get(id);
  if (change === 'remove') {
    membership.byId.delete(id);
    membership.removed.add(id);
    return known ?? null;
  }
  const member: Member = Object.freeze({
    id,
    name: known?.name ?? '',
    process: change === 'promote' ? (known?.process ?? '') : process,
    learner: change === 'add-learner' || (change === 'update' && known?.learner === true),
  });
  membership.byId.set(id, member);
  return member;
}
