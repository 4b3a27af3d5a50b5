import { createChatClient, isChatRefusal, isSayError, type SayError } from "./chat.client.gen.js";

const client = createChatClient("ws://localhost:10099/chat/ws");
const show = (error: SayError): string => error.message;
await client.say({ room: "lobby", text: "hi" }).catch((error: unknown) => isSayError(error) && show(error));
client.onState((change) => change.state === "closed" && isChatRefusal(change.error?.cause) && show(change.error.cause));
