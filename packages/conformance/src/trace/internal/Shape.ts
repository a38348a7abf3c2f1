/**
 * What a member of a request may be, as far as its operation's schema says so: read from its annotations, which hold the
 * words of AWS's own refusals (`core/src/domain/Members.ts`).
 */
import { wireAnnotation } from "@keystead/core/domain/Members"
import type { Operation } from "@keystead/core/operations/Operation"
import type * as SchemaAST from "effect/SchemaAST"

/** What a member may be. */
export interface Shape {
  readonly kind: "text" | "blob" | "number" | "flag" | "list" | "timestamp" | "map" | "structure" | "name"
  /** The names that it may be, of kind `name`. */
  readonly names: ReadonlyArray<string>
  /** The bounds of its length or value. */
  readonly min: number
  readonly max: number
}

/** A member of a request. */
export interface Member extends Shape {
  readonly name: string
  readonly optional: boolean
}

const namesIn = (message: string): ReadonlyArray<string> =>
  /enum value set: \[(.*)\]$/.exec(message)?.[1]?.split(", ") ?? []

const kindOf = (ast: SchemaAST.AST, message: string): Shape["kind"] => {
  switch (ast._tag) {
    case "String":
      return "text"
    case "Boolean":
      return "flag"
    case "Objects":
      return "structure"
    default: {
      const wire = ast.annotations?.[wireAnnotation]
      if (wire === "blob" || wire === "list" || wire === "timestamp") return wire
      if (message.includes("enum value set")) return "name"
      return message.endsWith("a number") ? "number" : "map"
    }
  }
}

const boundIn = (messages: ReadonlyArray<string>, which: string, otherwise: number): number => {
  const found = messages.map((message) => new RegExp(`${which} than or equal to (\\d+)`).exec(message)?.[1])
  const bound = found.find((text) => text !== undefined)
  return bound === undefined ? otherwise : Number(bound)
}

const messageOf = (annotations: { readonly message?: unknown } | undefined): string => {
  const message = annotations?.message
  return typeof message === "string" ? message : ""
}

const shapeOf = (ast: SchemaAST.AST): Shape => {
  const message = messageOf(ast.annotations)
  const checks = (ast.checks ?? []).map((check) => messageOf(check.annotations))
  return {
    kind: kindOf(ast, message),
    names: namesIn(message),
    min: boundIn(checks, "greater", 0),
    max: boundIn(checks, "less", Infinity)
  }
}

/** A member that may be left out is declared around what it is otherwise. */
const innerOf = (ast: SchemaAST.AST): SchemaAST.AST => {
  if (ast._tag !== "Declaration" || ast.annotations?.[wireAnnotation] !== undefined) return ast
  const [inner] = ast.typeParameters
  return inner ?? ast
}

const known = new WeakMap<Operation, ReadonlyArray<Member>>()

/** The members of requests to the operation. */
export const membersOf = (operation: Operation): ReadonlyArray<Member> => {
  const found = known.get(operation)
  if (found !== undefined) return found
  const { ast } = operation.input
  const members = ast._tag !== "Objects" ? [] : ast.propertySignatures.map(({ name, type }): Member => ({
    ...shapeOf(innerOf(type)),
    name: String(name),
    optional: innerOf(type) !== type
  }))
  known.set(operation, members)
  return members
}
