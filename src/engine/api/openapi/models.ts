/** The types of the API with all that OpenAPI tells of them: what `.ci/api-models.mjs` wrote when the program was built. */
import { LateCode } from '#engine/late/late-code';

export interface Model {
  /** e.g. `io.k8s.api.core.v1.PodSpec`. */
  readonly name: string;
  readonly description: string;
  readonly required: readonly string[];
  /** By field: its code as in the engine's schema, what is said of it, and the values that it can have, if they are few. */
  readonly fields: Readonly<Record<string, readonly [code: string, description: string, values?: readonly string[]]>>;
}

/** By the name of the type in the engine's schema; scalars that have a type of their own by their code. */
export type Models = Readonly<Record<string, Model>>;

/** They come late, and only to whoever asks for them: they are large. */
export const apiModels = new LateCode<Models>('the models of the API');

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** JSON of a document. */
export type Json = Readonly<Record<string, unknown>>;

/** Which dialect is spoken: Swagger 2.0 or OpenAPI 3.0. */
export type Dialect = 'v2' | 'v3';

/** What is not the default, so that absent keys stay away. */
export const optional = (key: string, value: unknown, absent = value === undefined): Json =>
  absent ? {} : { [key]: value };

/** Whether something is an object of JSON. */
export const isTree = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
