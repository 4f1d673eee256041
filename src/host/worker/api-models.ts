/** What OpenAPI tells of the types of the API. The build puts here what `.ci/api-models.mjs` reads from the packages (`vite.config.ts`). */
import type { Models } from '#engine/api/openapi/models';

export const models: Models = {};
