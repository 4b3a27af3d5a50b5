import { createChatClient, isSayError } from "../client/chat.client.gen.js";

const client = createChatClient("ws://localhost:10099/chat/ws");
client.say({ room: "lobby", text: "hi" }).catch((error) => {
  if (isSayError(error) && error.code === "not_in_room") alert(error.details.room);
});
