/** The snippets of a page: files, which name themselves in a comment on their first line, and commands to run. */

/** A file to write. */
export interface File {
  readonly name: string
  readonly text: string
}

/** Commands for a shell, and what beyond Node, npm and Python they need: `sh run` or `sh run jest`. */
export interface Commands {
  readonly text: string
  readonly needs: string | undefined
}

const fence = /^```(\w+)( run(?: (\w+))?)?\n(.*?)^```$/gms
const named = /^(?:\/\/|#) (\S+\.\w+)\n/

/** Takes a page apart. */
export const snippetsOf = (page: string) => {
  const blocks = [...page.matchAll(fence)].map(([, language, run, needs, text = ""]) => ({
    language,
    run,
    needs,
    text
  }))
  const files = blocks.flatMap(({ text }): ReadonlyArray<File> => {
    const name = named.exec(text)?.[1]
    return name === undefined ? [] : [{ name, text }]
  })
  const commands = blocks.filter(({ run }) => run !== undefined).map(({ needs, text }): Commands => ({ needs, text }))
  return { files, commands }
}
