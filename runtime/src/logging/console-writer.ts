import { LineWriter } from "./line-writer.js";

/** The terminal, shared by all modules of the process so that their lines do not mix. */
export const consoleWriter = new LineWriter({
  placeAt: () => 1,
  // A terminal that is gone leaves nowhere to report that.
  onFailure: () => undefined,
  onRecovery: () => undefined,
});
