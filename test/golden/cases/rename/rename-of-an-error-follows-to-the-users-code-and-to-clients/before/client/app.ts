import { hasErrorCode } from "./wsgen-client.gen.js";
import { createChatClient, isHistoryError, isSayError, type SayError } from "./chat.client.gen.js";

const client = createChatClient("ws://localhost:10099/chat/ws");
const isOutside = (error: SayError): boolean => error.code === "not_in_room";

function explain(error: SayError): string {
  switch (error.code) {
    case "not_in_room":
      return `Enter ${error.details.room} first.`;
    case "muted":
      return "not_in_room";
    default:
      return error.message;
  }
}

const texts: Partial<Record<SayError["code"], string>> = { not_in_room: "not there" };
const code: SayError["code"] = 'not_in_room';
const { not_in_room: text } = texts;
await client.say({ room: "lobby", text: "hi" }).catch((error: unknown) => {
  if (isSayError(error)) return isOutside(error) ? explain(error) : (texts[code] ?? texts.not_in_room ?? text);
  if (isHistoryError(error)) return error.code !== "not_in_room";
  return hasErrorCode(error, ["not_in_room"]);
});

// A word of another type.
type Place = "not_in_room" | "attic";
export const place: Place = "not_in_room";
