// A page without a build step: the paths are those under which a server has the files.
import { createChatClient } from "./served/chat.client.gen.js";

const client = createChatClient(new URL("../ws", location.href));
client.on("message", show);
document.forms[0].addEventListener("submit", () => tell(client, "hi"));

async function tell(anything, text) {
  await client.say({ room: "lobby", text });
  await anything.say({ room: "lobby", text });
}

function show(message) {
  document.body.append(message.text);
}
