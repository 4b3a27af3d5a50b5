import type { SayRequest } from "../src/modules/chat/chat.gen.js";

export const first: SayRequest = { room: "lobby", text: "hi" };
