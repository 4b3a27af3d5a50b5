import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { exceedsJsonDepth } from "../protocol/codec.js";
import { AdminError, invalidRequest } from "./admin-error.js";

const maxBytes = 2 ** 20;
const maxDepth = 64;

/** The body of a request. */
interface Body {
  readonly bytes: Buffer;
  /** Without a body, an empty object. */
  readonly value: unknown;
}

/**
 * Reads the body of a request as JSON. Keeps at most 1 MiB. The rest of a larger body is read and dropped, so that the client
 * gets the response.
 * @throws AdminError 400, 413 or 415
 */
export async function readJsonBody(request: IncomingMessage): Promise<Body> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return { bytes, value: {} };
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json *(;|$)/i.test(type) || request.headers["content-encoding"] !== undefined) {
    throw new AdminError(415, "unsupported_media_type", {
      message: "The body must be JSON. Send content-type application/json.",
    });
  }
  if (exceedsJsonDepth(bytes, maxDepth)) {
    throw invalidRequest(`The body is nested more than ${maxDepth} levels deep.`);
  }
  return { bytes, value: parse(bytes) };
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  try {
    await once(request, "end");
  } catch {
    throw new AdminError(400, "broken_off", { message: "The request was aborted." });
  }
  if (size > maxBytes)
    throw new AdminError(413, "body_too_large", { message: `The body has more than ${maxBytes} bytes.` });
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalidRequest("The body is not valid JSON in UTF-8.");
  }
}
