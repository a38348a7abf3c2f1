/**
 * The behaviour suite: what a key management service must do, as a list of named checks that know no test framework. Run
 * each one, in their order and on one target, in whatever runner the host has.
 */
import { type Ability, type Capabilities, type Feature, features, type FeatureText } from "./Capabilities.ts"
import { type Check, refused } from "./Check.ts"
import { encryptionChecks } from "./internal/Encryption.ts"
import { keyChecks } from "./internal/Keys.ts"
import { permissionChecks } from "./internal/Permissions.ts"
import { serviceChecks } from "./internal/Service.ts"
import { useChecks } from "./internal/Uses.ts"

/** A check as a runner needs it. */
export type Named = Pick<Check, "name" | "run">

const all: ReadonlyArray<Check> = [
  ...keyChecks,
  ...encryptionChecks,
  ...useChecks,
  ...permissionChecks,
  ...serviceChecks
]

const isThere = (ability: Ability): boolean => ability === true

const refusedWith = (feature: Feature): string | undefined => {
  const { [feature]: text }: Readonly<Record<string, FeatureText>> = features
  return text?.refusedWith
}

/** What the service lacks is asked for, and must be refused. Where nothing can be asked for, there is no check. */
const inPlace = ({ feature, name, refused: ask, ...check }: Check, can: Capabilities): ReadonlyArray<Named> => {
  if (feature === undefined || isThere(can[feature])) return [{ name, run: check.run }]
  const error = refusedWith(feature)
  if (ask === undefined || error === undefined) return []
  return [{
    name: `not here: ${name} (${error})`,
    run: async (target) => {
      await refused(ask(target), error, "What this service lacks")
    }
  }]
}

/** The checks for a service that can do this. */
export const suite = (can: Capabilities): ReadonlyArray<Named> => all.flatMap((check) => inPlace(check, can))
