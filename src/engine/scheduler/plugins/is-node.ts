import type { Node, Pod } from '#engine/api/types';
import type { EventObject } from '../registered-event';

export const isNode = (object: EventObject): object is Node => object.kind === 'Node';
export const isPod = (object: EventObject): object is Pod => object.kind === 'Pod';
