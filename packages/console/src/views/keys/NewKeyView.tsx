/** Makes a key, its alias, its tags and its policy. */
import type { KeySpec, KeyUsage } from "@keystead/core/domain/Specs"
import { useState } from "preact/hooks"
import type { About } from "../../backend/Backend.ts"
import { refusedOf } from "../../backend/Refusal.ts"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { go, href } from "../../state/Route.ts"
import { AreaField, CheckField, ChoiceField, TextField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { aliasName, linesOf, pairsOf } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"
import { Title } from "../../ui/Title.tsx"
import { specsFor, specText, usageOptions } from "./Specs.ts"

const empty = {
  usage: "ENCRYPT_DECRYPT" as KeyUsage,
  spec: "SYMMETRIC_DEFAULT" as KeySpec,
  alias: "",
  description: "",
  tags: "",
  administrators: "",
  users: "",
  rotates: true
}

type Wanted = typeof empty

const policyOf = async ({ administrators, users }: Wanted, { account }: About) => {
  const people = { account, administrators: linesOf(administrators), users: linesOf(users) }
  const named = people.administrators.length + people.users.length
  return named === 0 ? {} : { Policy: await engine.writePolicy(people) }
}

/** What was made, and what could not be done with it. */
interface Made {
  readonly keyId: string
  readonly lacking: string
}

/** What comes after the key itself: if it fails, the key is there all the same. */
const finish = async (wanted: Wanted, keyId: string): Promise<string> => {
  try {
    if (wanted.alias !== "") {
      await engine.call("CreateAlias", { AliasName: aliasName(wanted.alias), TargetKeyId: keyId })
    }
    if (wanted.spec === "SYMMETRIC_DEFAULT" && wanted.rotates) await engine.call("EnableKeyRotation", { KeyId: keyId })
    return ""
  } catch (error) {
    return refusedOf(error).message
  }
}

const create = async (wanted: Wanted, about: About): Promise<Made> => {
  const tags = Object.entries(pairsOf(wanted.tags)).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  const { KeyMetadata } = await engine.call("CreateKey", {
    Description: wanted.description,
    KeySpec: wanted.spec,
    KeyUsage: wanted.usage,
    Tags: tags,
    ...await policyOf(wanted, about)
  })
  const keyId = KeyMetadata?.KeyId ?? ""
  return { keyId, lacking: await finish(wanted, keyId) }
}

interface PartProps {
  readonly wanted: Wanted
  readonly set: (change: Partial<Wanted>) => void
}

const Kind = ({ set, wanted }: PartProps) => (
  <fieldset class="card stack">
    <legend>What it is for</legend>
    <ChoiceField
      label="Usage"
      onValue={(usage) => set({ usage, spec: specsFor[usage][0] ?? wanted.spec })}
      options={usageOptions}
      value={wanted.usage}
    />
    <ChoiceField
      hint="Usage and spec stay as they are for the whole life of the key."
      label="Spec"
      onValue={(spec) => set({ spec })}
      options={specsFor[wanted.usage].map((spec) => [spec, specText(spec)] as const)}
      value={wanted.spec}
    />
    {wanted.spec !== "SYMMETRIC_DEFAULT" ? null : (
      <CheckField
        checked={wanted.rotates}
        hint="What was encrypted before can always be decrypted."
        label="New key material every year"
        onChecked={(rotates) => set({ rotates })}
      />
    )}
  </fieldset>
)

const Naming = ({ set, wanted }: PartProps) => (
  <fieldset class="card stack">
    <legend>How it is found</legend>
    <TextField
      hint="A name that programs use in place of the ID, such as payroll."
      label="Alias"
      onValue={(alias) => set({ alias })}
      pattern="(alias/)?[a-zA-Z0-9\/_\-]+"
      value={wanted.alias}
    />
    <TextField label="Description" onValue={(description) => set({ description })} value={wanted.description} />
    <AreaField
      hint="One a line: team=pay"
      label="Tags"
      onValue={(tags) => set({ tags })}
      rows={2}
      value={wanted.tags}
    />
  </fieldset>
)

const People = ({ set, wanted }: PartProps) => (
  <fieldset class="card stack">
    <legend>Who may do what</legend>
    <AreaField
      hint="They manage the key, and do not use it. One ARN a line, such as arn:aws:iam::111122223333:user/ada"
      label="Administrators"
      onValue={(administrators) => set({ administrators })}
      rows={2}
      value={wanted.administrators}
    />
    <AreaField
      hint="They encrypt and decrypt with it."
      label="Users"
      onValue={(users) => set({ users })}
      rows={2}
      value={wanted.users}
    />
  </fieldset>
)

/** The view. */
export const NewKeyView = ({ about }: { readonly about: About }) => {
  const [wanted, setWanted] = useState(empty)
  const { busy, problem, run } = useAction()
  const set = (change: Partial<Wanted>) => setWanted({ ...wanted, ...change })
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const { keyId, lacking } = await create(wanted, about)
      say(lacking === "" ? "The key is made." : `The key is made, but not all that you asked for: ${lacking}`)
      go("keys", keyId)
    })
  }
  return (
    <form class="stack narrow" onSubmit={submit}>
      <Title text="Create a key" />
      <Kind set={set} wanted={wanted} />
      <Naming set={set} wanted={wanted} />
      <People set={set} wanted={wanted} />
      <Problem refused={problem} />
      <div class="row end">
        <a class="button" href={href("keys")}>Cancel</a>
        <button class="primary" disabled={busy} type="submit">Create the key</button>
      </div>
    </form>
  )
}
