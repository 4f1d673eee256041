/** Gives the engine what the build wrote beside the program about the types of the API, for `kubectl explain` on the laptop. */
import { apiModels } from '#engine/api/openapi/models';
import { readModels } from './documents';

const models = readModels();
if (models !== null) apiModels.provide(models);
