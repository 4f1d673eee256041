/** What other objects an object has to do with: its owners as a tree, what it selects and uses, who selects and uses it. */
import type { Relation } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import '../theme/closer.css';
import { useCloserText } from './closer-text';
import { SubjectLink } from './subject-link';
import { useCloserLook } from './use-live';

const ORDER: readonly Relation['how'][] = [
  'owned-by',
  'owns',
  'selects',
  'selects-by',
  'mounts',
  'mounts-by',
  'scales',
  'scales-by',
];
const MOST_SHOWN = 24;
const STEP_PX = 12;

export function Relations({ subject }: { subject: Subject }) {
  const text = useCloserText();
  const live = useCloserLook('relations', subject);
  if (live.state !== 'here') return null;
  return (
    <section aria-label={text.relations} className="relations">
      <h3>{text.relations}</h3>
      {live.value.length === 0 ? <p className="quiet">{text.noRelations}</p> : null}
      {ORDER.map((how) => {
        const found = live.value.filter((relation) => relation.how === how);
        if (found.length === 0) return null;
        return (
          <div key={how} className="relation">
            <h4>{text.relation[how]}</h4>
            <ul>
              {found.slice(0, MOST_SHOWN).map(({ depth, subject: other }) => (
                <li
                  key={`${other.kind}/${other.namespace}/${other.name}`}
                  style={{ paddingInlineStart: depth * STEP_PX }}
                >
                  <span className="quiet">{other.kind}</span> <SubjectLink subject={other} />
                </li>
              ))}
              {found.length > MOST_SHOWN ? <li className="quiet">{text.more(found.length - MOST_SHOWN)}</li> : null}
            </ul>
          </div>
        );
      })}
    </section>
  );
}
