/** A card of the stage by workload or by service: an object, below it those that make pods for it, and the pods. */
import { CornerDownRight, Database, HardDrive, LogIn } from 'lucide-react';
import { memo, type CSSProperties } from 'react';
import type { ClaimEntry } from '#engine/cluster/structure';
import type { Subject } from '#engine/cluster/records';
import { ChipGroup } from '../chips/chip-group';
import { hueClass } from '../chips/hue';
import { PodChip } from '../chips/pod-chip';
import { objectByUid, subjectKey } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import { canAnswer, isReal } from '../state/truth';
import { enObjects } from '../text/en-objects';
import { useWords } from '../text/text';
import { zhObjects } from '../text/zh-objects';
import type { Card, CardLine, Count } from './groups';
import { isOrdinal, type ChipSize } from './place-groups';

const WORDS = { en: enObjects, zh: zhObjects };

export const useObjectWords = (): typeof enObjects => useWords(WORDS);

const ICON = { size: 13, strokeWidth: 2, 'aria-hidden': true } as const;

type ChipVariables = CSSProperties & Record<'--chip-size' | '--chip-gap', string>;

const qualified = ({ namespace, name }: Subject): string => (namespace === '' ? name : `${namespace}/${name}`);

/** A chip by its uid: drawn anew when its own pod changes. */
const PodOf = memo(function PodOf({ uid, tabbable }: { uid: string; tabbable: boolean }) {
  const pod = useUi((state) => {
    const object = objectByUid(state.mirror, uid);
    return object?.kind === 'Pod' ? object : null;
  });
  const real = useUi((state) => pod === null || isReal(state.mirror, pod));
  return pod ? <PodChip pod={pod} real={real} tabbable={tabbable} /> : null;
});

const CountMark = ({ count }: { count: Count | null }) => {
  const words = useObjectWords();
  return count ? (
    <span className="object-count" data-short={count.ready < count.desired}>
      {words.count(count.ready, count.desired)}
    </span>
  ) : null;
};

/** A name that selects. */
function Name({ subject, className, label }: { subject: Subject; className: string; label?: string }) {
  const store = useUiStore();
  const selected = useUi((state) => state.selectedKey === subjectKey(subject));
  return (
    <button
      type="button"
      className={className}
      data-kind={subject.kind}
      data-name={subject.name}
      data-namespace={subject.namespace}
      aria-pressed={selected}
      aria-label={label ?? `${subject.kind} ${qualified(subject)}`}
      title={subject.name}
      onClick={() => store.getState().select(subject)}
    >
      {subject.name}
    </button>
  );
}

/** Where it is mounted; told apart where the API believes something else. */
function ClaimPlaces({ claim: { believed, mounted } }: { claim: ClaimEntry }) {
  const words = useObjectWords();
  const both = mounted.filter((machine) => believed.includes(machine));
  const unknown = mounted.filter((machine) => !believed.includes(machine));
  const unreal = believed.filter((node) => !mounted.includes(node));
  return (
    <>
      {both.length > 0 ? <span className="object-place">{words.mounted(both)}</span> : null}
      {unknown.length > 0 ? <span className="object-trouble">{words.stillMounted(unknown)}</span> : null}
      {unreal.length > 0 ? <span className="object-trouble">{words.notMounted(unreal)}</span> : null}
    </>
  );
}

const Claim = memo(function Claim({ claim }: { claim: ClaimEntry }) {
  const words = useObjectWords();
  const { namespace, name, volume, phase } = claim;
  return (
    <span className="object-claim" data-phase={phase}>
      <Database {...ICON} />
      <Name subject={{ kind: 'PersistentVolumeClaim', namespace, name }} className="object-pill" />
      {volume ? (
        <>
          <HardDrive {...ICON} />
          <Name subject={{ kind: 'PersistentVolume', namespace: '', name: volume.name }} className="object-pill" />
        </>
      ) : (
        <span className="object-trouble">{`${phase} · ${words.unbound}`}</span>
      )}
      <ClaimPlaces claim={claim} />
    </span>
  );
});

/** Pods of a line that the EndpointSlice calls ready and that nobody would hear from. */
const Silent = memo(function Silent({ line }: { line: CardLine }) {
  const words = useObjectWords();
  const silent = useUi(({ mirror }) =>
    line.pods.reduce((sum, uid) => {
      const pod = objectByUid(mirror, uid);
      return pod?.kind === 'Pod' && !canAnswer(mirror, pod) ? sum + 1 : sum;
    }, 0),
  );
  return silent === 0 ? null : <span className="object-trouble">{words.silent(silent)}</span>;
});

const Line = memo(function Line({ line, of }: { line: CardLine; of: string }) {
  const words = useObjectWords();
  const { subject, word, count, pods, more, claims } = line;
  const ordinal = isOrdinal(line);
  const chips =
    pods.length === 0 ? null : (
      <ChipGroup label={words.podsOf(subject?.name ?? of, pods.length + more)} className="pod-grid">
        {pods.map((uid, index) => (
          <PodOf key={uid} uid={uid} tabbable={index === 0} />
        ))}
      </ChipGroup>
    );
  const pills = claims.map((claim) => <Claim key={claim.uid} claim={claim} />);
  if (ordinal) {
    return (
      <div className="object-line object-ordinal">
        {chips}
        <div className="object-claims">{pills}</div>
      </div>
    );
  }
  return (
    <div className="object-line">
      {subject || word ? (
        <p className="object-line-head">
          {subject ? (
            <>
              <CornerDownRight {...ICON} />
              <span className="object-kind">{subject.kind}</span>
              <Name subject={subject} className="object-link" />
            </>
          ) : (
            <span className="object-kind">{word ? words.line[word] : ''}</span>
          )}
          {word === 'ready' ? <Silent line={line} /> : null}
          <CountMark count={count} />
        </p>
      ) : null}
      {chips}
      {more > 0 ? <p className="object-more">{words.more(more)}</p> : null}
      {pills}
    </div>
  );
});

export const ObjectCard = memo(function ObjectCard({ card, chip }: { card: Card; chip: ChipSize }) {
  const words = useObjectWords();
  const { subject, word, count, note, routes, lines } = card;
  const hue = useUi((state) => state.mirror.hues.get(card.app));
  const selected = useUi((state) => subject !== null && state.selectedKey === subjectKey(subject));
  const variables: ChipVariables = { '--chip-size': `${chip.size}px`, '--chip-gap': `${chip.gap}px` };
  const title = subject?.name ?? (word ? words.card[word] : '');
  const isEmpty = lines.every(({ pods, claims }) => pods.length === 0 && claims.length === 0) && !count?.ready;
  const label = subject
    ? words.cardLabel(subject.kind, qualified(subject), count?.ready ?? null, count?.desired ?? 0)
    : title;
  return (
    <article
      className={`object-card ${hueClass(card.app, hue)}`}
      data-selected={selected}
      style={variables}
      aria-label={label}
    >
      <header className="object-head">
        {subject ? <span className="owner-swatch" aria-hidden="true" /> : null}
        <h3>{subject ? <Name subject={subject} className="object-title" label={label} /> : title}</h3>
        {subject ? <span className="object-kind">{subject.kind}</span> : null}
        <CountMark count={count} />
      </header>
      {note === '' ? null : (
        <p className="object-note" title={note}>
          {note}
        </p>
      )}
      {routes.map(({ ingress, from }) => (
        <p key={`${ingress.name} ${from}`} className="object-route">
          <LogIn {...ICON} />
          <span className="object-kind">{ingress.kind}</span>
          <Name subject={ingress} className="object-link" />
          <span className="object-from" title={from}>
            {from}
          </span>
        </p>
      ))}
      {lines.map((line) => (
        <Line key={line.key} line={line} of={title} />
      ))}
      {isEmpty ? <p className="object-more">{words.none}</p> : null}
    </article>
  );
});
