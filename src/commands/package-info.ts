import { createRequire } from "node:module";

const ownPackage = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

/** The version of this wsgen. */
export const wsgenVersion = (): string => ownPackage.version;
