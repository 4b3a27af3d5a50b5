/** The modules cannot be started as they are. The message names the modules and the reason. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** How a module is named in messages. */
export const titleOf = (flag: string): string => `module ${JSON.stringify(flag)}`;

/** Why an address or a file could not be opened, in words. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "it is already in use (EADDRINUSE)";
  if (code === "EACCES") return "this user may not (EACCES)";
  return message;
}
