/** How the API server's state names resources: `pods`, `deployments.apps`. */
import { type ResourceInfo, resources } from '#engine/api/registry';
import { groupResourceText } from '#engine/api/status-error';

const names = new Map(resources.map((info) => [info, groupResourceText(info)]));
const infos = new Map(resources.map((info) => [groupResourceText(info), info]));

export const resourceName = (info: ResourceInfo): string => names.get(info) ?? groupResourceText(info);

/** The registry's row of a resource that the state names. */
export function infoOf(resource: string): ResourceInfo {
  const info = infos.get(resource);
  if (info === undefined) throw new Error(`the registry has no resource ${resource}`);
  return info;
}
