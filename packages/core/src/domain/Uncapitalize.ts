/** A name with its first letter in lower case: `GenerateDataKey` is `generateDataKey` as a method and in CloudTrail. */
export function uncapitalize<Name extends string>(name: Name): Uncapitalize<Name>
export function uncapitalize(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
