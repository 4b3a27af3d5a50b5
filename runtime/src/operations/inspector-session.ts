import { Session } from "node:inspector";
import { setTimeout as wait } from "node:timers/promises";

/** Sends one command of the Chrome DevTools protocol to this process. */
export type PostCommand = (method: string, params?: object) => Promise<unknown>;

/** Runs `use` with a session of this process's own inspector, and ends the session whatever happens. */
export async function withInspector<T>(use: (post: PostCommand) => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    return await use(
      (method, params) =>
        new Promise((resolve, reject) => {
          session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
        }),
    );
  } finally {
    session.disconnect();
  }
}

/** @throws AbortError when the signal is aborted before. */
export const waitSeconds = async (seconds: number, signal: AbortSignal): Promise<void> => {
  await wait(seconds * 1000, undefined, { signal });
};
