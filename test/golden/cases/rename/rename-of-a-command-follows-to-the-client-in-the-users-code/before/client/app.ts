import { createPresenceClient, type PresenceClient } from "./presence.client.gen.js";

const client = createPresenceClient("ws://localhost:10099/presence/ws");
await client.statusSet({ status: "busy" });
export const set = (other: PresenceClient) => other.statusSet;
// statusSet stays here
