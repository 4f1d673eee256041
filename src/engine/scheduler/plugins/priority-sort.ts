/**
 * QueueSort: higher priority first, then who has waited longer. The order itself is the queue's (`queue.ts`), which
 * knows when a pod was put back; this plug-in has its place in the profile.
 *
 * @source kubernetes pkg/scheduler/framework/plugins/queuesort/priority_sort.go
 */
import { definePlugin } from '../plugin';

export const prioritySort = definePlugin({ name: 'PrioritySort' });
