/** The stage by machine: control planes on top, zones with their workers below, everything in its place. */
import { ReactFlow, type NodeChange, type NodeTypes, type OnNodeDrag } from '@xyflow/react';
import { Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { lazy } from '../crash/lazy';
import type { FarHands } from '../far/far-stage';
import { PanelBoundary } from '../crash/panel-boundary';
import { PulseCanvas } from '../motion/pulse-canvas';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { ControlPlaneNode } from './control-plane-node';
import { Dock, isOverDock } from './dock';
import { stageNodes, type StageFlowNode } from './flow-nodes';
import { groupLane } from './group-lane';
import { layoutStage } from './layout';
import { fullestNode, machinesFromKey, machinesKey, serversFromKey, serversKey } from './layout-input';
import { LARGE_FROM, MOST_FAR_ELEMENTS, SEEN_FROM_FAR } from './large';
import { MachineMenuContext, MENU_LAYER_ID, type MenuPlace } from './machine-menu-context';
import { NodeOfBefore } from './node-of-before';
import { MachineNode } from './machine-node';
import { useStageFit, type StageSize } from './use-stage-fit';
import { wiresOf, type Line } from './wires';
import { Wiring } from './wiring';
import { AddMachineNode, ZoneNode } from './zone-node';
import { ZoomControls } from './zoom-controls';

const NODE_TYPES: NodeTypes = {
  'control-plane': ControlPlaneNode,
  machine: MachineNode,
  zone: ZoneNode,
  'add-machine': AddMachineNode,
  default: NodeOfBefore,
};

const GroupLaneLines = lazy(
  () => import('./group'),
  ({ GroupLaneLines }) => GroupLaneLines,
);
const QuorumBar = lazy(
  () => import('./group'),
  ({ QuorumBar }) => QuorumBar,
);

const FarStage = lazy(
  () => import('../far/far-stage'),
  ({ FarStage }) => FarStage,
);

const MachineCamera = lazy(
  () => import('../camera/camera'),
  ({ MachineCamera }) => MachineCamera,
);

const MachineMenu = lazy(
  () => import('./machine-menu'),
  ({ MachineMenu }) => MachineMenu,
);

/** Height of the words above several control planes. */
const QUORUM_BAR = 34;
const NO_EDGES: [] = [];
const NO_NODES: readonly StageFlowNode[] = [];

interface Drag {
  readonly id: string;
  readonly position: { readonly x: number; readonly y: number };
}

const pointOf = (event: MouseEvent | TouchEvent): { clientX: number; clientY: number } => {
  if (event instanceof MouseEvent) return event;
  const touch = event.changedTouches[0];
  return { clientX: touch?.clientX ?? -1, clientY: touch?.clientY ?? -1 };
};

export function MachineStage({ size }: { size: StageSize }) {
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const aspect = Math.round((size.width / size.height) * 10) / 10;
  const key = useUi((state) => machinesKey(state.mirror.machines));
  const fullest = useUi((state) => fullestNode(state.mirror.podsByNode));
  const layout = useMemo(
    () => layoutStage({ machines: machinesFromKey(key), fullest, aspect }),
    [key, fullest, aspect],
  );
  const several = layout.controlPlanes.length > 1;
  const servers = useUi((state) => (several ? serversKey(state.mirror.machines) : ''));
  const wires = useMemo(() => {
    const held = serversFromKey(servers);
    return wiresOf(layout, (worker) => held.get(worker));
  }, [layout, servers]);
  const large = layout.workers.length >= LARGE_FROM;
  const [{ far: isFar, elements, parts }, setSeen] = useState(SEEN_FROM_FAR);
  const far = large && isFar;
  const withElements = far && layout.workers.length <= MOST_FAR_ELEMENTS;
  const all = useMemo(() => stageNodes(layout, withElements), [layout, withElements]);
  // The same objects from frame to frame, so that React Flow leaves alone what stays.
  const placed = useMemo(() => {
    if (!large || withElements) return all;
    return far ? NO_NODES : all.filter(({ id, type }) => (type === 'machine' ? elements.has(id) : parts.has(type)));
  }, [all, large, far, withElements, elements, parts]);
  const withWires = !large || (!far && parts.has('wires'));
  const shownWires = useMemo(
    () => (large ? wires.filter(({ machine }) => elements.has(machine)) : wires),
    [large, wires, elements],
  );
  const farHands = useRef<FarHands>(null);
  const lane = useMemo(() => groupLane(layout), [layout]);
  const lines = useMemo(
    () => new Map<string, Line>([...lane.lines, ...wires.map((wire) => [wire.machine, wire] as const)]),
    [lane, wires],
  );
  const { fit, take } = useStageFit(layout, size, several ? QUORUM_BAR : 0);
  const selects = useUi((state) => state.selection !== null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [returning, setReturning] = useState<string | null>(null);
  const [menu, setMenu] = useState<MenuPlace | null>(null);

  const nodes = useMemo(
    () =>
      placed.map((node): StageFlowNode => {
        if (drag?.id === node.id) return { ...node, position: drag.position, zIndex: 1000 };
        return returning === node.id ? { ...node, className: 'returning', zIndex: 999 } : node;
      }),
    [placed, drag, returning],
  );

  const onNodesChange = useCallback((changes: readonly NodeChange[]) => {
    for (const change of changes) {
      if (change.type === 'position' && change.dragging && change.position) {
        setDrag({ id: change.id, position: change.position });
      }
    }
  }, []);

  const onDragStart: OnNodeDrag = (_event, node) => store.getState().lift(node.id);
  const onDrag: OnNodeDrag = (event) => {
    const { clientX, clientY } = pointOf(event);
    store.getState().setOverDock(isOverDock(clientX, clientY));
  };
  const onDragStop: OnNodeDrag = (event, node) => {
    const { clientX, clientY } = pointOf(event);
    if (isOverDock(clientX, clientY)) commands.powerOff(node.id);
    store.getState().lift(null);
    setDrag(null);
    setReturning(node.id);
  };

  return (
    <>
      <MachineMenuContext value={setMenu}>
        <ReactFlow
          nodes={nodes}
          edges={NO_EDGES}
          nodeTypes={NODE_TYPES}
          onNodesChange={onNodesChange}
          onNodeDragStart={onDragStart}
          onNodeDrag={onDrag}
          onNodeDragStop={onDragStop}
          onMove={(event) => {
            if (event) take();
          }}
          onPaneClick={({ clientX, clientY, shiftKey }) => {
            const hit = farHands.current?.at(clientX, clientY);
            if (shiftKey && hit) {
              store.getState().togglePick({ kind: 'Machine', namespace: '', name: hit.machine });
              return;
            }
            store.getState().select(hit?.pod ?? (hit ? { kind: 'Machine', namespace: '', name: hit.machine } : null));
          }}
          onPaneContextMenu={(event) => {
            const hit = farHands.current?.at(event.clientX, event.clientY);
            if (!hit) return;
            event.preventDefault();
            setMenu({ machine: hit.machine, x: event.clientX, y: event.clientY });
          }}
          minZoom={large ? 0.02 : 0.1}
          maxZoom={3}
          nodesFocusable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          elevateNodesOnSelect={false}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          autoPanOnNodeDrag={false}
          disableKeyboardA11y
          onlyRenderVisibleElements
          onTransitionEnd={({ target }) => {
            if (target instanceof Element && target.classList.contains('returning')) setReturning(null);
          }}
        >
          {large ? (
            <Suspense fallback={null}>
              <FarStage
                layout={layout}
                elements={elements}
                isBare={!parts.has('control-plane')}
                onSeen={setSeen}
                hands={farHands}
              />
            </Suspense>
          ) : null}
          {withWires ? <Wiring wires={shownWires} /> : null}
          {several && withWires ? (
            <Suspense fallback={null}>
              <GroupLaneLines lane={lane} />
            </Suspense>
          ) : null}
          {withWires ? <PulseCanvas lines={lines} /> : null}
        </ReactFlow>
        {several ? (
          <Suspense fallback={null}>
            <QuorumBar />
          </Suspense>
        ) : null}
        {menu ? (
          <PanelBoundary name={text.machine.menu(menu.machine)}>
            <Suspense fallback={null}>
              <MachineMenu place={menu} onClose={() => setMenu(null)} />
            </Suspense>
          </PanelBoundary>
        ) : null}
      </MachineMenuContext>
      <ZoomControls onFit={fit} />
      {selects || large ? (
        <Suspense fallback={null}>
          <MachineCamera layout={layout} large={large} onTake={take} />
        </Suspense>
      ) : null}
      <Dock byKeyboard={drag === null} />
      <div id={MENU_LAYER_ID} />
    </>
  );
}
