/**
 * Texts of a policy that may hold policy variables: `${aws:PrincipalTag/team}`, `${aws:username, 'nobody'}`, and the
 * fixed `${*}`, `${?}` and `${$}`. They are taken apart once, when the policy is parsed.
 *
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
import * as Result from "effect/Result"
import * as Glob from "./Glob.ts"
import { type RequestContext, valueOf } from "./RequestContext.ts"

/** A piece of a template. */
export type Piece =
  /** As the policy's author wrote it: wildcards count, where wildcards are known at all. */
  | { readonly _tag: "Text"; readonly text: string }
  /** One of the fixed variables: a character that is no wildcard. */
  | { readonly _tag: "Character"; readonly text: string }
  /** The value of a condition key, in which nothing is a wildcard. */
  | { readonly _tag: "Variable"; readonly key: string; readonly fallback: string | undefined }

export type Template = ReadonlyArray<Piece>

const variable = /^([^,'{}]+:[^,'{}]+)(?:, ?'([^']*)')?$/

const readVariable = (inside: string): Result.Result<Piece, string> => {
  if (inside === "*" || inside === "?" || inside === "$") return Result.succeed({ _tag: "Character", text: inside })
  const match = variable.exec(inside)
  if (match === null) {
    return Result.fail("a policy variable must have the form ${key} or ${key, 'default'}, or be ${*}, ${?} or ${$}")
  }
  const [, key = "", fallback] = match
  return Result.succeed({ _tag: "Variable", key: key.toLowerCase(), fallback })
}

/**
 * Takes a text apart. Version 2008-10-17 of the policy language knows no variables: there, all of it is text.
 *
 * Fails with what is wrong with a variable.
 */
export const parse = (text: string, variables: boolean): Result.Result<Template, string> =>
  Result.gen(function*() {
    const pieces: Array<Piece> = []
    let at = 0
    for (;;) {
      const start = variables ? text.indexOf("${", at) : -1
      if (start === -1) {
        if (at < text.length) pieces.push({ _tag: "Text", text: text.slice(at) })
        return pieces
      }
      if (start > at) pieces.push({ _tag: "Text", text: text.slice(at, start) })
      const end = text.indexOf("}", start)
      if (end === -1) return yield* Result.fail("a policy variable is not closed; write ${$} for the character $")
      pieces.push(yield* readVariable(text.slice(start + 2, end)))
      at = end + 1
    }
  })

/** The text, where no piece depends on the request and no piece is a character saved from being a wildcard. */
export const plainText = (template: Template): string | undefined => {
  const [first, ...others] = template
  if (first === undefined) return ""
  return first._tag === "Text" && others.length === 0 ? first.text : undefined
}

/** A variable stands for one value: neither a missing key nor a multi-valued one has it. */
const valueOfVariable = (context: RequestContext, key: string, fallback: string | undefined): string | undefined => {
  const value = valueOf(context, key)
  return typeof value === "string" ? value : value === undefined ? fallback : undefined
}

/** The text that a template makes in a request; nothing, if a variable has no value there. Nothing is a wildcard. */
export const toText = (template: Template, context: RequestContext): string | undefined => {
  let text = ""
  for (const piece of template) {
    const next = piece._tag === "Variable" ? valueOfVariable(context, piece.key, piece.fallback) : piece.text
    if (next === undefined) return undefined
    text += next
  }
  return text
}

/** The pattern that a template makes in a request; nothing, if a variable has no value there. */
export const toGlob = (template: Template, context: RequestContext): Glob.Glob | undefined => {
  const glob: Array<number> = []
  for (const piece of template) {
    if (piece._tag === "Text") Glob.addPattern(glob, piece.text)
    else {
      const next = piece._tag === "Variable" ? valueOfVariable(context, piece.key, piece.fallback) : piece.text
      if (next === undefined) return undefined
      Glob.addText(glob, next)
    }
  }
  return glob
}
