/** Who answers on an address of this machine: the services that run in its pods. */
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { httpCode } from '../programs/program';
import type { Dial, DialOutcome } from './cri';
import { answer, askerOf } from './messages';
import type { ContainerdState, Sandbox } from './state';

export function dial(state: ContainerdState, request: Dial, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const sandboxes = sandboxesAt(state, request.address);
  if (sandboxes.length === 0) {
    ctx.after(request.timeout, { type: 'runtime/dial-timeout', asker } as { type: string });
    return;
  }
  answer(asker, { of: 'dial', outcome: outcomeAt(state, sandboxes, request, ctx.monotonic) }, ctx);
}

/** What a connection to one of these pods' ports gives now. */
function outcomeAt(state: ContainerdState, sandboxes: readonly Sandbox[], request: Dial, now: Micros): DialOutcome {
  for (const sandbox of sandboxes) {
    for (const id of sandbox.containers) {
      const container = state.containers.get(id);
      const service = container?.service ?? null;
      if (service === null || now < service.since + service.program.startup) continue;
      const port = service.program.ports.find((candidate) => candidate.port === request.port);
      if (port === undefined) continue;
      if (request.protocol !== 'http') return { kind: 'answered', code: 0 };
      return {
        kind: 'answered',
        code: port.protocol === 'tcp' ? 0 : httpCode(port, request.path, now - service.since - service.program.startup),
      };
    }
  }
  return { kind: 'refused' };
}

function sandboxesAt(state: ContainerdState, address: string): readonly Sandbox[] {
  const id = state.sandboxByIP.get(address);
  const sandbox = id === undefined ? undefined : state.sandboxes.get(id);
  if (sandbox !== undefined) return [sandbox];
  return [...state.sandboxes.values()].filter((candidate) => candidate.hostNetwork && candidate.status.ip === address);
}
