/** What of pngjs is used here: it brings no types. */
declare module "pngjs" {
  export const PNG: {
    readonly sync: {
      readonly read: (
        file: Uint8Array
      ) => { readonly width: number; readonly height: number; readonly data: Uint8Array }
    }
  }
}
