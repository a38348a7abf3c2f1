/** What Vite adds to a module of the page. */

declare module "*.css" {}

interface ImportMeta {
  readonly env: {
    /** Whether this is the built page. */
    readonly PROD: boolean
  }
}
