/** Another arrangement's node, which React Flow still has when this one is drawn for the first time: nothing is seen of it. */
export const NodeOfBefore = (): null => null;
