/** The materials of a key drawn on a line of time: when each was current, and what is to come. */
import { dateText } from "../../ui/Format.ts"
import type { Life, Material } from "./Life.ts"

const rowHeight = 30
const top = 28
/** The newest materials: with more, the drawing would say less. */
const most = 8

interface Scale {
  /** A moment as a part of the width. */
  readonly at: (date: Date) => string
  readonly between: (from: Date, to: Date) => string
  readonly end: Date
}

/** From the first material to the last thing that is known to come, with a margin on both sides, in percent. */
const scaleOf = ({ deletion, materials, nextRotation }: Life, now: Date): Scale => {
  const start = Math.min(materials[0]?.from.getTime() ?? 0, now.getTime())
  const last = Math.max(now.getTime(), nextRotation?.getTime() ?? 0, deletion?.getTime() ?? 0)
  const span = Math.max(last - start, 60_000) * 1.04
  const percent = (date: Date) => 1 + ((date.getTime() - start) / span) * 98
  return {
    at: (date) => `${percent(date)}%`,
    between: (from, to) => `${Math.max(0.6, percent(to) - percent(from))}%`,
    end: deletion ?? new Date(start + span)
  }
}

const Bar = ({ index, material, now, scale }: {
  readonly material: Material
  readonly index: number
  readonly now: Date
  readonly scale: Scale
}) => {
  const { from, until } = material
  const y = top + index * rowHeight
  return (
    <g>
      <rect class="bar-rest" height="10" rx="5" width={scale.between(from, scale.end)} x={scale.at(from)} y={y} />
      <rect
        class={until === undefined ? "bar-now" : "bar-past"}
        height="10"
        rx="5"
        width={scale.between(from, until ?? now)}
        x={scale.at(from)}
        y={y}
      />
    </g>
  )
}

const Moment = ({ at, height, kind, text }: {
  readonly at: string
  readonly height: number
  readonly kind: "now" | "next" | "end"
  readonly text: string
}) => (
  <g class={`moment ${kind}`}>
    <line x1={at} x2={at} y1="16" y2={height - 4} />
    <text
      text-anchor={Number.parseFloat(at) > 80 ? "end" : Number.parseFloat(at) < 10 ? "start" : "middle"}
      x={at}
      y="11"
    >
      {text}
    </text>
  </g>
)

/** The same in a sentence. */
const sentence = ({ deletion, materials, nextRotation }: Life): string =>
  [
    `${materials.length} key ${materials.length === 1 ? "material" : "materials"}, the current one since ${
      dateText(materials.at(-1)?.from)
    }.`,
    nextRotation === undefined ? "" : `The next rotation is on ${dateText(nextRotation)}.`,
    deletion === undefined ? "" : `The key is deleted on ${dateText(deletion)}.`
  ].join(" ").trim()

/** The drawing, as wide as its place. */
export const TimeLine = ({ life, now }: { readonly life: Life; readonly now: Date }) => {
  const scale = scaleOf(life, now)
  const shown = life.materials.slice(-most)
  const height = top + shown.length * rowHeight
  return (
    <svg aria-label={sentence(life)} class="time-line" height={height} role="img" width="100%">
      {shown.map((material, index) => (
        <Bar index={index} key={material.from.getTime()} material={material} now={now} scale={scale} />
      ))}
      <Moment at={scale.at(now)} height={height} kind="now" text="now" />
      {life.nextRotation === undefined ?
        null :
        <Moment at={scale.at(life.nextRotation)} height={height} kind="next" text="next rotation" />}
      {life.deletion === undefined ?
        null :
        <Moment at={scale.at(life.deletion)} height={height} kind="end" text="deletion" />}
    </svg>
  )
}
