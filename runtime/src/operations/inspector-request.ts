/** Whether `wsgen-runtime/inspector` was imported before the server started. */
export const inspectorRequest = { isMade: false };
