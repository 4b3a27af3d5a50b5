import { ConfigurationError } from "../errors.js";

/** The name and version that meters and tracers have: those of this package. */
export const scope = { name: "wsgen-runtime", version: "0.1.0" } as const;

/**
 * Imports an optional package.
 * @throws ConfigurationError `missing_package` that says what to install
 */
export async function importPackage<Module>(
  load: () => Promise<Module>,
  { title, option, install }: { readonly title: string; readonly option: string; readonly install: string },
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new ConfigurationError(`${title}: ${option} needs a package. Run npm install ${install}.`, {
      code: "missing_package",
      cause,
    });
  }
}
