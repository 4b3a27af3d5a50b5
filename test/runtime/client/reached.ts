import type { Client, ClientContract, ClientState, StateChange } from "../../../runtime/src/client/index.js";

/** The next change to this state. */
export function reached<State extends ClientState, C extends ClientContract>(
  client: Client<C>,
  state: State,
): Promise<Extract<StateChange, { state: State }>> {
  return new Promise((resolve) => {
    const stop = client.onState((change) => {
      if (change.state !== state) return;
      stop();
      resolve(change as Extract<StateChange, { state: State }>);
    });
  });
}

/** Resolves when the client is in this state. */
export async function inState<C extends ClientContract>(
  client: Client<C>,
  state: ClientState,
): Promise<void> {
  if (client.state !== state) await reached(client, state);
}
