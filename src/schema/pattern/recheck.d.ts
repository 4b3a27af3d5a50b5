/** The build of recheck that is JavaScript alone: the package's main file looks for a JVM and a binary first. */
declare module "recheck/lib/browser.js" {
  import type { checkSync } from "recheck";

  const recheck: { readonly checkSync: typeof checkSync };
  // biome-ignore lint/style/noDefaultExport: what a CommonJS module exports
  export default recheck;
}
