import { createExampleClient } from "../client/example.client.gen.js";

/** @param {import("../client/example.client.gen.js").Member} member */
export const show = (member) => member.name;
export const client = createExampleClient("ws://localhost:10099/example/ws/test");
client.ping({ to: { name: "Ann", id: 1 } });
client.ping({ to: { name: "Bot", kind: "bot" } });
