/** The timers as they were when the test kit was loaded, for what has to wait in real time under a fake one. */
export const realTimers = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
};
