/** What is said of the camera and of what is picked together. It comes with them, late. */
import { count } from './en-grammar';

export const enCamera = {
  follow: 'Follow the selection',
  minimap: 'Map of the whole cluster, with what is in view',
  picked: (machines: number, pods: number): string =>
    [machines > 0 ? count(machines, 'machine', 'machines') : '', pods > 0 ? count(pods, 'pod', 'pods') : '']
      .filter((part) => part !== '')
      .join(', '),
  pickedName: 'What is picked',
  drain: 'Drain…',
  remove: (workers: number): string => (workers === 1 ? 'Remove the worker' : `Remove ${workers} workers`),
  deletePods: 'Delete the pods',
  clear: 'Clear the pick',
};
