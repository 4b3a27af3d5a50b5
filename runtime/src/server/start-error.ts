/** The modules cannot be started as they are. The message names the modules and the reason. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** How a module is named in messages. */
export const titleOf = (flag: string): string => `module ${JSON.stringify(flag)}`;
