import type { MessageCodec } from "./codec.js";
import { UnreadableMessageError } from "./codec.js";
import { exceedsJsonDepth } from "./json-depth.js";

/** JSON in text frames. */
export const jsonCodec = (maxDepth: number): MessageCodec => ({
  decode(raw, isBinary) {
    if (isBinary)
      throw new UnreadableMessageError("Messages are text frames of JSON; this was a binary frame.");
    if (exceedsJsonDepth(raw, maxDepth)) {
      throw new UnreadableMessageError(`The message is nested more than ${maxDepth} levels deep.`);
    }
    try {
      return JSON.parse(raw.toString());
    } catch (cause) {
      throw new UnreadableMessageError("The message is not valid JSON.", { cause });
    }
  },
  encode: encodeJson,
  join: (messages) => `[${messages.join(",")}]`,
});

/** Like `JSON.stringify`, which returns undefined for a value that JSON cannot express; here that is an error. */
export function encodeJson(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`A value of type ${typeof value} cannot be sent as JSON.`);
  return json;
}
