import { hasCondition } from '../meta';
import type { CustomResourceDefinition } from '../types';

/** Whether its resources are served. */
export const isEstablished = (definition: CustomResourceDefinition): boolean =>
  hasCondition(definition.status?.conditions, 'Established');
