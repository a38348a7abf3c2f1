/** The lifecycle diagram's shape: which states it shows where, and the moves between them, out of the lifecycle table. */
import type { KeyMetadata } from "@keystead/core/domain/KeyMetadata"
import type { KeyState } from "@keystead/core/lifecycle/KeyState"
import type { LifecycleRow } from "../../engine/Engine.ts"

/** A place in the diagram; `Deleted` is no state: the key is gone. */
export type Node = KeyState | "Deleted"

/** A point of the drawing, whose width is 400. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Operations that move a key from one state to another. */
export interface Move {
  readonly from: Node
  readonly to: Node
  readonly operations: ReadonlyArray<string>
}

/** The drawing. */
export interface Shape {
  readonly nodes: ReadonlyMap<Node, Point>
  readonly moves: ReadonlyArray<Move>
  readonly height: number
}

const usual: ReadonlyArray<readonly [Node, Point]> = [
  ["Enabled", { x: 75, y: 60 }],
  ["Disabled", { x: 325, y: 60 }],
  ["PendingDeletion", { x: 200, y: 200 }],
  ["Deleted", { x: 200, y: 290 }]
]

const usualHeight = 316
/** Room above for a state that few keys can be in. */
const extraHeight = 90

const rare = ({ KeyState, Origin }: KeyMetadata): Node | undefined => {
  if (Origin === "EXTERNAL") return "PendingImport"
  return usual.some(([node]) => node === KeyState) ? undefined : KeyState
}

/** What only happens to keys of some origin is not shown for others. */
const concerns = (operation: string, { Origin }: KeyMetadata): boolean =>
  Origin === "EXTERNAL" || !/Import/.test(operation)

/** The moves between these states that the table has. The end of the deletion window is time's, and no operation's. */
const movesOf = (
  rows: ReadonlyArray<LifecycleRow>,
  metadata: KeyMetadata,
  states: ReadonlyArray<Node>
): ReadonlyArray<Move> => {
  const found = new Map<string, { from: Node; to: Node; operations: Array<string> }>()
  for (const { operation, outcomes } of rows) {
    if (!concerns(operation, metadata)) continue
    for (const from of states) {
      const to = from === "Deleted" ? undefined : states.find((state) => outcomes[from] === `becomes ${state}`)
      if (to === undefined) continue
      const move = found.get(`${from} ${to}`) ?? { from, to, operations: [] }
      move.operations.push(operation)
      found.set(`${from} ${to}`, move)
    }
  }
  return [...found.values(), { from: "PendingDeletion", to: "Deleted", operations: ["after the waiting period"] }]
}

/** The diagram of a key. */
export const shapeOf = (rows: ReadonlyArray<LifecycleRow>, metadata: KeyMetadata): Shape => {
  const extra = rare(metadata)
  const down = extra === undefined ? 0 : extraHeight
  const nodes = new Map(usual.map(([node, { x, y }]) => [node, { x, y: y + down }] as const))
  if (extra !== undefined) nodes.set(extra, { x: 200, y: 40 })
  return { nodes, moves: movesOf(rows, metadata, [...nodes.keys()]), height: usualHeight + down }
}

/** Half of a state's box. */
export const half: Point = { x: 66, y: 18 }

/** Where the line from the middle of a box to a point leaves the box. */
const leaving = (middle: Point, to: Point): Point => {
  const [dx, dy] = [to.x - middle.x, to.y - middle.y]
  const scale = Math.min(
    dx === 0 ? Infinity : half.x / Math.abs(dx),
    dy === 0 ? Infinity : half.y / Math.abs(dy)
  )
  return { x: middle.x + dx * scale, y: middle.y + dy * scale }
}

/** A curve between two boxes, and where its label stands. */
export interface Curve {
  readonly path: string
  readonly label: Point
  /** Which side of the label is at that point. */
  readonly anchor: "start" | "middle" | "end"
}

const straightDown = (from: Point, to: Point): Curve => ({
  path: `M${from.x} ${from.y + half.y}V${to.y - half.y}`,
  label: { x: from.x + 8, y: (from.y + to.y) / 2 + 4 },
  anchor: "start"
})

/** How far a curve bends aside. */
const bend = 34

/** A point of a quadratic curve. */
const pointAt = (t: number, [start, middle, end]: readonly [Point, Point, Point]): Point => {
  const mix = (axis: keyof Point) => (1 - t) ** 2 * start[axis] + 2 * (1 - t) * t * middle[axis] + t ** 2 * end[axis]
  return { x: mix("x"), y: mix("y") }
}

/** A curve from one box to another. It bends to one side, and the one that goes back to the other. */
export const curve = (from: Point, to: Point): Curve => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  if (dx === 0) return straightDown(from, to)
  const length = Math.hypot(dx, dy)
  const [nx, ny] = [-dy / length, dx / length]
  const middle = { x: (from.x + to.x) / 2 + nx * bend, y: (from.y + to.y) / 2 + ny * bend }
  const points = [leaving(from, middle), middle, leaving(to, middle)] as const
  // Slanted ones have their labels near the lower end, where the others are not.
  const at = pointAt(dy === 0 ? 0.5 : dy > 0 ? 0.6 : 0.4, points)
  const [start, , end] = points
  return {
    path: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`,
    label: { x: at.x + nx * 6, y: at.y + ny * 10 + 4 },
    anchor: dy === 0 ? "middle" : nx > 0 ? "start" : "end"
  }
}
