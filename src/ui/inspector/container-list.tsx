/** A pod's containers: role, state, restarts and probes of each, as its status has them. */
import { useCallback } from 'react';
import type { PodRecord } from '#engine/cluster/records';
import { containerCondition, differs } from '../near/container-layer';
import { useCommands } from '../state/commands';
import { objectByUid } from '../state/mirror';
import { type UiState, useUi } from '../state/store';
import { isReal } from '../state/truth';
import { enNear } from '../text/en-near';
import { useWords } from '../text/text';
import { zhNear } from '../text/zh-near';
import '../theme/near.css';
import { useLive } from './use-live';

const WORDS = { en: enNear, zh: zhNear };

export function ContainerList({ pod }: { pod: PodRecord }) {
  const { uid, node } = pod;
  const words = useWords(WORDS);
  const real = useUi(({ mirror }) => isReal(mirror, pod));
  const { link } = useCommands();
  const watch = useCallback((state: UiState) => objectByUid(state.mirror, uid), [uid]);
  const ask = useCallback(() => link.look({ type: 'containers', nodes: node === null ? [] : [node] }), [link, node]);
  const [live] = useLive(ask, watch);
  const containers = live.state === 'here' ? (live.value[uid] ?? []) : [];
  if (containers.length === 0) return null;
  return (
    <section aria-label={words.containers}>
      <h3>{real ? words.containers : words.believed}</h3>
      <ul className="container-list">
        {containers.map((one) => (
          <li key={one.name}>
            <span
              className="near-container"
              data-role={one.role}
              data-condition={containerCondition(one)}
              data-differs={differs(one)}
              aria-hidden="true"
            />
            <span>
              {one.name}{' '}
              <span className="quiet">
                {[
                  words.role[one.role],
                  words.state(one.state, one.reason),
                  one.role === 'init' || one.state !== 'running' ? '' : words.ready(one.ready),
                  one.restarts === 0 ? '' : words.restarts(one.restarts),
                  one.probes.length === 0 ? '' : words.probes(one.probes),
                ]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
              {differs(one) ? <strong className="container-truth">{words.really[one.really]}</strong> : null}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
