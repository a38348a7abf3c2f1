/** The lifecycle of the key, out of the lifecycle table, with its present state lit. */
import type { KeyMetadata } from "@keystead/core/domain/KeyMetadata"
import type { LifecycleRow } from "../../engine/Engine.ts"
import { stateText } from "../../ui/States.ts"
import { curve, half, type Move, type Point, type Shape, shapeOf } from "./LifecycleShape.ts"

const here: Point = { x: 0, y: 0 }

const MoveLine = ({ lit, move, shape }: { readonly lit: boolean; readonly move: Move; readonly shape: Shape }) => {
  const { anchor, label, path } = curve(shape.nodes.get(move.from) ?? here, shape.nodes.get(move.to) ?? here)
  return (
    <g class={lit ? "move lit" : "move"}>
      <path d={path} marker-end={lit ? "url(#arrow-lit)" : "url(#arrow)"} />
      <text text-anchor={anchor} x={label.x} y={label.y}>{move.operations.join(", ")}</text>
    </g>
  )
}

const Arrow = ({ id }: { readonly id: string }) => (
  <marker id={id} markerHeight="7" markerWidth="7" orient="auto-start-reverse" refX="8" refY="5" viewBox="0 0 10 10">
    <path d="M0 0 10 5 0 10z" />
  </marker>
)

/** The same in a sentence. */
const sentence = (state: string, moves: ReadonlyArray<Move>): string => {
  const ways = moves.filter(({ from }) => from === state).map(({ operations, to }) =>
    `${operations.join(" or ")} leads to ${stateText(to)}`
  )
  return `The key is ${stateText(state).toLowerCase()}. ${ways.join("; ")}.`
}

interface LifecycleProps {
  readonly rows: ReadonlyArray<LifecycleRow>
  readonly metadata: KeyMetadata
}

/** The diagram. */
export const Lifecycle = ({ metadata, rows }: LifecycleProps) => {
  const shape = shapeOf(rows, metadata)
  const state = metadata.KeyState ?? ""
  return (
    <svg aria-label={sentence(state, shape.moves)} class="lifecycle" role="img" viewBox={`0 0 400 ${shape.height}`}>
      <defs>
        <Arrow id="arrow" />
        <Arrow id="arrow-lit" />
      </defs>
      {shape.moves.map((move) => (
        <MoveLine key={`${move.from} ${move.to}`} lit={move.from === state} move={move} shape={shape} />
      ))}
      {[...shape.nodes].map(([node, { x, y }]) => (
        <g class={node === state ? "state lit" : "state"} key={node}>
          <rect height={half.y * 2} rx="18" width={half.x * 2} x={x - half.x} y={y - half.y} />
          <text text-anchor="middle" x={x} y={y + 4.5}>{stateText(node)}</text>
        </g>
      ))}
    </svg>
  )
}
