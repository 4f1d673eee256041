/** What priority and fairness counts. @source kubernetes test/instrumentation/documentation/documentation.md */
import { family, type Sample } from '../metric-family';
import type { ApiServerState } from '../state';
import { configNow } from './flow-control';

/** In order of their names; none before anything is counted. */
export function flowFamilies(state: ApiServerState): readonly string[] {
  const { flow } = state;
  if (flow === null) return [];
  const sums = (each: Iterable<{ readonly level: string; readonly schema: string; readonly count: number }>) => {
    const byFlow = new Map<string, Sample>();
    for (const { level, schema, count } of each) {
      const known = byFlow.get(`${level}/${schema}`)?.[1] ?? 0;
      byFlow.set(`${level}/${schema}`, [{ flow_schema: schema, priority_level: level }, known + count]);
    }
    return [...byFlow.values()];
  };
  const waiting = [...flow.levels.values()].flatMap(({ queues }) => [...queues.values()].flat());
  const counted = [...flow.counters].map(([key, counters]) => {
    const [level = '', schema = ''] = key.split('/');
    return { level, schema, counters };
  });
  return [
    family(
      'apiserver_flowcontrol_current_executing_seats',
      'gauge',
      '[BETA] Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
      sums([...flow.executing.values()].map(({ level, schema, seats }) => ({ level, schema, count: seats }))),
    ),
    family(
      'apiserver_flowcontrol_current_inqueue_requests',
      'gauge',
      '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      sums(waiting.map(({ level, schema }) => ({ level, schema, count: 1 }))),
    ),
    family(
      'apiserver_flowcontrol_dispatched_requests_total',
      'counter',
      '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      sums(counted.map(({ level, schema, counters }) => ({ level, schema, count: counters.dispatched }))),
    ),
    family(
      'apiserver_flowcontrol_nominal_limit_seats',
      'gauge',
      '[BETA] Nominal number of execution seats configured for each priority level',
      [...configNow(state, flow).limits].map(([level, seats]): Sample => [{ priority_level: level }, seats]),
    ),
    family(
      'apiserver_flowcontrol_rejected_requests_total',
      'counter',
      '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      counted.flatMap(({ level, schema, counters }) =>
        [...counters.rejected].map(([reason, count]): Sample => [
          { flow_schema: schema, priority_level: level, reason },
          count,
        ]),
      ),
    ),
  ];
}
