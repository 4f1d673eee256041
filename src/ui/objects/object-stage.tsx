/** The stage by workload or by service: namespaces with their cards. Late code: the stage begins by machine. */
import { ReactFlow, type Node, type NodeProps, type NodeTypes } from '@xyflow/react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, Suspense, useMemo, useState } from 'react';
import { lazy } from '../crash/lazy';
import type { Subject } from '#engine/cluster/records';
import type { Places } from '../camera/camera';
import { findObject, subjectKey, type Mirror } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import { NodeOfBefore } from '../stage/node-of-before';
import type { Box } from '../stage/layout';
import { useStageFit, type StageSize } from '../stage/use-stage-fit';
import { ZoomControls } from '../stage/zoom-controls';
import '../theme/objects.css';
import type { Card, Group } from './groups';
import { ObjectCard, useObjectWords } from './object-card';
import { placeGroups, type ChipSize, type GroupsLayout, type PlacedGroup } from './place-groups';
import { useGroups, type ByObject } from './use-groups';

const Camera = lazy(
  () => import('../camera/camera'),
  ({ Camera }) => Camera,
);

type CardNode = Node<{ readonly card: Card; readonly chip: ChipSize }, 'card'>;
type GroupNode = Node<
  {
    readonly group: Group;
    readonly open: boolean;
    readonly folds: boolean;
    readonly toggle: (namespace: string) => void;
  },
  'namespace'
>;

const CardOnStage = memo(function CardOnStage({ data: { card, chip } }: NodeProps<CardNode>) {
  return <ObjectCard card={card} chip={chip} />;
});

/** A namespace's ground with its name, or the tile that it is while it is closed. */
const GroupOnStage = memo(function GroupOnStage({ data: { group, open, folds, toggle } }: NodeProps<GroupNode>) {
  const words = useObjectWords();
  const { namespace, cards, pods, ready } = group;
  const Icon = open ? ChevronDown : ChevronRight;
  const name = namespace === '' ? '–' : namespace;
  return (
    <div
      className={open ? 'object-group' : 'object-group object-tile'}
      data-kind="Namespace"
      data-name={namespace}
      data-well={ready === pods}
    >
      {folds ? (
        <button
          type="button"
          className="object-fold nopan"
          aria-expanded={open}
          aria-label={open ? words.close(namespace) : words.namespace(namespace, cards.length, pods)}
          title={namespace}
          onClick={() => toggle(namespace)}
        >
          <Icon size={14} aria-hidden="true" />
          <span className="object-namespace">{name}</span>
        </button>
      ) : (
        <span className="object-namespace">{name}</span>
      )}
      {open ? null : (
        <span className="object-tile-count" data-short={ready < pods}>
          {words.tile(ready, pods)}
        </span>
      )}
    </div>
  );
});

const NODE_TYPES: NodeTypes = { card: CardOnStage, namespace: GroupOnStage, default: NodeOfBefore };
const NO_EDGES: [] = [];
const EMPTY: GroupsLayout = { groups: [], cards: [], width: 868, height: 400 };

const placed = ({ x, y, width, height }: Box) => ({
  position: { x, y },
  width,
  height,
  measured: { width, height },
  handles: [],
  draggable: false,
});

const groupKey = ({ group }: PlacedGroup): string => `namespace/${group.namespace}`;

/** Where each thing is to be seen: on its card, else on the tile of its namespace. */
function placesOf({ cards, groups }: GroupsLayout): Places {
  const boxes = new Map<string, Box>();
  const at = new Map<string, string>();
  for (const group of groups) boxes.set(groupKey(group), group);
  for (const placedCard of cards) {
    const { card } = placedCard;
    boxes.set(card.key, placedCard);
    const note = (subject: Subject | null): void => {
      if (subject && !at.has(subjectKey(subject))) at.set(subjectKey(subject), card.key);
    };
    note(card.subject);
    for (const { ingress } of card.routes) note(ingress);
    for (const { subject, pods, claims } of card.lines) {
      note(subject);
      for (const uid of pods) at.set(uid, card.key);
      for (const { namespace, name, volume } of claims) {
        note({ kind: 'PersistentVolumeClaim', namespace, name });
        if (volume) note({ kind: 'PersistentVolume', namespace: '', name: volume.name });
      }
    }
  }
  return {
    boxOf: (place) => boxes.get(place),
    find: (mirror: Mirror, subject: Subject): string | null => {
      const known = at.get(subjectKey(subject));
      if (known !== undefined) return known;
      const object = findObject(mirror, subject);
      const ofPod = object && (at.get(object.uid) ?? at.get(ownerKey(object.namespace, object.owner)));
      const tile = `namespace/${subject.namespace}`;
      return ofPod ?? (boxes.has(tile) ? tile : null);
    },
  };
}

const ownerKey = (namespace: string, owner: { readonly kind: string; readonly name: string } | null): string =>
  owner ? subjectKey({ ...owner, namespace }) : '';

export function ObjectStage({ by, size }: { by: ByObject; size: StageSize }) {
  const words = useObjectWords();
  const store = useUiStore();
  const grouped = useGroups(by);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const selects = useUi((state) => state.selection);
  // What is chosen elsewhere is to be seen: its namespace opens.
  const [seen, setSeen] = useState(selects);
  if (selects !== seen) {
    setSeen(selects);
    if (selects && !opened.has(selects.namespace)) setOpened(new Set([...opened, selects.namespace]));
  }
  const aspect = Math.round((size.width / size.height) * 10) / 10;
  const groups = grouped?.groups;
  const layout = useMemo(() => (groups ? placeGroups(groups, opened, aspect) : EMPTY), [groups, opened, aspect]);
  const places = useMemo(() => placesOf(layout), [layout]);
  const { fit, take } = useStageFit(layout, size, 0);

  const nodes = useMemo(() => {
    const toggle = (namespace: string): void =>
      setOpened((before) => {
        const after = new Set(before);
        if (!after.delete(namespace)) after.add(namespace);
        return after;
      });
    return [
      ...layout.groups.map((one): GroupNode => {
        const { group, open, folds } = one;
        return {
          id: groupKey(one),
          type: 'namespace',
          data: { group, open, folds, toggle },
          zIndex: 0,
          ...placed(one),
        };
      }),
      ...layout.cards.map((one): CardNode => {
        const { card, chip } = one;
        return { id: card.key, type: 'card', data: { card, chip }, zIndex: 1, ...placed(one) };
      }),
    ];
  }, [layout]);

  return (
    <>
      <ReactFlow
        className="objects"
        nodes={nodes}
        edges={NO_EDGES}
        nodeTypes={NODE_TYPES}
        onMove={(event) => {
          if (event) take();
        }}
        onPaneClick={() => store.getState().select(null)}
        minZoom={0.05}
        maxZoom={3}
        nodesFocusable={false}
        nodesConnectable={false}
        nodesDraggable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        disableKeyboardA11y
        onlyRenderVisibleElements
      />
      {grouped && grouped.groups.length === 0 ? <p className="objects-none quiet">{words.nothing[by]}</p> : null}
      {grouped && grouped.problem !== '' ? (
        <p className="objects-none quiet" role="alert">
          {words.failed(grouped.problem)}
        </p>
      ) : null}
      <ZoomControls onFit={fit} />
      {selects ? (
        <Suspense fallback={null}>
          <Camera places={places} large={layout.cards.length > 12} onTake={take} />
        </Suspense>
      ) : null}
    </>
  );
}
