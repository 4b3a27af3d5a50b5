/** A module cannot start as it was configured. The message names the module, what is wrong and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
