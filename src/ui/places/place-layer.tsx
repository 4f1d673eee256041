/** Racks and regions on the stage by machine: lines around what stands in them, with names that can be read from far as from near. */
import { useNodes, useStore, ViewportPortal } from '@xyflow/react';
import { memo, useMemo, type CSSProperties } from 'react';
import type { StageFlowNode } from '../stage/flow-nodes';
import { LARGE_FROM } from '../stage/large';
import { machinesFromKey, machinesKey } from '../stage/layout-input';
import { useUi } from '../state/store';
import '../theme/places.css';
import { placesOf, rackBoxes, regionBoxes, type PlaceBox, type Placed } from './place-boxes';

/** From so far away nobody reads the name of a rack, and of a large cluster racks and regions are painted. */
const RACKS_FROM = 0.3;
/** Names grow as one goes away, up to so many times. */
const MOST_TIMES = 4;

/** The zone in which a rack stands is seen. */
const ZONE = /^zone-[a-z]+-/;

type NameStyle = CSSProperties & Record<'--times', number>;

const Boxes = memo(function Boxes({ boxes, kind }: { boxes: readonly PlaceBox[]; kind: 'Rack' | 'Region' }) {
  return boxes.map(({ name, first, x, y, width, height }) => (
    <div
      key={`${name} ${y}`}
      className={`place place-${kind.toLowerCase()}`}
      data-kind={kind}
      data-name={name}
      data-namespace=""
      style={{ transform: `translate(${x}px, ${y}px)`, width, height }}
    >
      {first ? <span className="place-name">{name.replace(ZONE, '')}</span> : null}
    </div>
  ));
});

export function PlaceLayer() {
  const key = useUi((state) => machinesKey(state.mirror.machines));
  const nodes = useNodes<StageFlowNode>();
  const zoom = useStore((flow) => flow.transform[2]);
  const places = useMemo(() => placesOf(machinesFromKey(key)), [key]);
  const { racks, regions } = useMemo(() => {
    const placed = (type: StageFlowNode['type']): readonly Placed[] =>
      nodes.flatMap((node) =>
        node.type === type
          ? [
              {
                name: node.id.replace(/^zone\//, ''),
                ...node.position,
                width: node.width ?? 0,
                height: node.height ?? 0,
              },
            ]
          : [],
      );
    return {
      racks: places.rackOf.size === 0 ? [] : rackBoxes(placed('machine'), places.rackOf),
      regions: places.regionOf.size === 0 ? [] : regionBoxes(placed('zone'), places.regionOf),
    };
  }, [places, nodes]);
  if (racks.length + regions.length === 0) return null;
  const style: NameStyle = { '--times': Math.min(MOST_TIMES, Math.max(1, 1 / zoom)) };
  return (
    <ViewportPortal>
      <div className="places" style={style} data-far={zoom < RACKS_FROM} aria-hidden="true">
        <Boxes boxes={regions} kind="Region" />
        {zoom >= RACKS_FROM || places.workers < LARGE_FROM ? <Boxes boxes={racks} kind="Rack" /> : null}
      </div>
    </ViewportPortal>
  );
}
