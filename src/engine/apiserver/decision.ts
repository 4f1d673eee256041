/** What deciding a write can come to. */
import type { KubeObject } from '#engine/api/types';
import type { Claim } from './storage';

/** How the write to a disruption budget is called inside the API server. */
export const DISRUPTION = 'disruption';

export interface First {
  readonly type: 'first';
  readonly resource: string;
  readonly name: string;
  /** One that only the API server itself knows. */
  readonly subresource: string;
  readonly body: unknown;
}

export type Decision =
  | {
      readonly type: 'write';
      readonly object: KubeObject;
      /** HTTP code of the answer. */
      readonly code: number;
      /** Answered instead of the object as stored. */
      readonly answer?: unknown;
      readonly claims?: readonly Claim[];
      /** Keys of claims that are given back. */
      readonly released?: readonly string[];
      /** Once this is stored, the object is removed. */
      readonly thenRemove?: boolean;
    }
  | {
      readonly type: 'remove';
      /** The last state, as watchers and the asker are to see it. */
      readonly object: KubeObject;
      readonly answer?: unknown;
      /** Absent: 200. */
      readonly code?: number;
      readonly released?: readonly string[];
    }
  | { readonly type: 'respond'; readonly code: number; readonly body: unknown }
  /** Another object is to be written first, by an operation of its own; its refusal is this one's. */
  | First
  /** An object that no cache has must be looked up in etcd first. */
  | { readonly type: 'look-up'; readonly resource: string; readonly namespace: string; readonly name: string };

export const respond = (code: number, body: unknown): Decision => ({ type: 'respond', code, body });

/** Answers a refusal with its own code. */
export const refused = (status: { readonly code?: number }): Decision => respond(status.code ?? 500, status);
