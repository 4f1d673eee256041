/** Makes machines and takes them away; fills the place in `cloud.ts`. */
import type { CloudAnswer, CloudRequest } from '#engine/addons/cluster-autoscaler/cloud';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type CloudNews, type CloudOrder, type CloudState, type GroupWork, lateCloud } from './cloud';

/** From the wish to a machine that has power, and from the wish to none. */
const CREATION_TAKES: Micros = 30 * SECOND;
const DELETION_TAKES: Micros = 5 * SECOND;
const FILE = 'var/lib/cloud/groups';

type Timer =
  | (Message & { readonly type: 'cloud/create'; readonly group: string })
  | (Message & { readonly type: 'cloud/take-away'; readonly machine: string })
  | (Message & { readonly type: 'cloud/stored' });

/** Only fix the types. */
const timer = (message: Timer): Timer => message;
const cloudOrder = (order: CloudOrder): CloudOrder => order;

type Stored = readonly (readonly [string, Pick<GroupWork, 'target' | 'machines'>])[];

lateCloud.provide({
  start(ctx, { groups }) {
    const known = new Map((ctx.disk.read(FILE)[0] as Stored | undefined) ?? []);
    const isFirst = known.size === 0;
    const state: CloudState = { groups: new Map() };
    for (const group of groups) {
      const { target = group.min, machines = [] } = known.get(group.name) ?? {};
      const work: GroupWork = { group, target, machines: [...machines], coming: 0 };
      state.groups.set(group.name, work);
      replenish(work, ctx, isFirst ? 0 : CREATION_TAKES);
    }
    store(state, ctx);
    return state;
  },

  handle(state, message, ctx) {
    const told = message as CloudRequest | CloudNews | Timer;
    switch (told.type) {
      case 'cloud/describe':
        if (ctx.from !== null) ctx.send(ctx.from, describe(state, told.id));
        return;
      case 'cloud/set-size': {
        const work = state.groups.get(told.group);
        if (work === undefined) return;
        work.target = Math.min(work.group.max, Math.max(work.group.min, told.size));
        replenish(work, ctx, CREATION_TAKES);
        return store(state, ctx);
      }
      case 'cloud/delete-machine': {
        const work = state.groups.get(told.group);
        if (work?.machines.includes(told.machine) !== true || work.target <= work.group.min) return;
        work.target -= 1;
        work.machines = work.machines.filter((machine) => machine !== told.machine);
        ctx.after(DELETION_TAKES, timer({ type: 'cloud/take-away', machine: told.machine }));
        return store(state, ctx);
      }
      case 'cloud/create': {
        const work = state.groups.get(told.group);
        if (work !== undefined) ctx.order(cloudOrder({ type: 'cloud/add-machine', group: work.group }));
        return;
      }
      case 'cloud/take-away':
        return ctx.order(cloudOrder({ type: 'cloud/remove-machine', machine: told.machine }));
      case 'cloud/machine-added': {
        const work = state.groups.get(told.group);
        if (work === undefined) return;
        work.coming -= 1;
        work.machines = [...work.machines, told.machine];
        return store(state, ctx);
      }
      case 'cloud/machine-gone':
        for (const work of state.groups.values()) {
          if (!work.machines.includes(told.machine)) continue;
          work.machines = work.machines.filter((machine) => machine !== told.machine);
          replenish(work, ctx, CREATION_TAKES);
        }
        return store(state, ctx);
      case 'cloud/stored':
        return;
    }
  },
});

/** A group that has fewer than are wanted gets more. */
function replenish(work: GroupWork, ctx: Context, takes: Micros): void {
  for (; work.machines.length + work.coming < work.target; work.coming++)
    ctx.after(takes, timer({ type: 'cloud/create', group: work.group.name }));
}

const describe = ({ groups }: CloudState, id: number): CloudAnswer => ({
  type: 'cloud/groups',
  id,
  groups: [...groups.values()].map(({ group, target, machines }) => ({ ...group, target, machines })),
});

/** What it would know again after a loss of power. */
function store({ groups }: CloudState, ctx: Context): void {
  const stored: Stored = [...groups].map(([name, { target, machines }]) => [name, { target, machines }]);
  ctx.disk.replace(FILE, [stored], 1_000);
  ctx.disk.sync(FILE, timer({ type: 'cloud/stored' }));
}
