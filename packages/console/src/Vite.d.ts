/** What Vite lets a module of the page import. */

declare module "*.css" {}
