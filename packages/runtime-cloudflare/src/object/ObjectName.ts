/**
 * Which Durable Object a record is in: one for each account, with all of its Regions, whose keys are changed together.
 *
 * What belongs to no account is in one object of its own, which also knows which accounts there are.
 */

/** The object that knows the accounts. */
export const directory = "directory"

const accountForm = /^(?:due\/[^/]*\/|retiring\/[^/]*\/[^/]*\/|[a-z]+\/)(\d{12})\//

/** The account that a record's id names, or that all ids name which begin so; undefined if there is none. */
export const accountOf = (idOrPrefix: string): string | undefined => accountForm.exec(idOrPrefix)?.[1]

/** The object of an account. */
export const nameOf = (account: string | undefined): string =>
  account === undefined || account === "" ? directory : `account/${account}`
