import { createBoardClient } from "../client/board.client.gen.js";

const client = createBoardClient("ws://localhost:10099/board/ws");
client.on("assigned", show);
client.on("assigned", ({ name }) => document.body.append(name));
client.assign({ to: { name: "Ann", id: 1 } }).then(({ members }) => members.length);

/** @param {import("../client/board.client.gen.js").User} user */
function greet(user) {
  return user.name;
}

function show(user) {
  document.body.append(user.name, document.forms[0].name.value);
}
