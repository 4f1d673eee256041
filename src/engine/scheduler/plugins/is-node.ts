import type { Node, Pod } from '#engine/api/types';

export const isNode = (object: Node | Pod): object is Node => object.kind === 'Node';
export const isPod = (object: Node | Pod): object is Pod => object.kind === 'Pod';
