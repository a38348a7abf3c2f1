/** How states of keys read and look. */

/** `PendingDeletion` is “Pending deletion”. */
export const stateText = (state: string | undefined): string =>
  state === undefined ? "Unknown" : state.replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** The colour that goes with it; never alone. */
export const stateTone = (state: string | undefined): "good" | "bad" | "wait" | "off" => {
  switch (state) {
    case "Enabled":
      return "good"
    case "PendingDeletion":
    case "PendingReplicaDeletion":
      return "bad"
    case "Disabled":
      return "off"
    default:
      return "wait"
  }
}
