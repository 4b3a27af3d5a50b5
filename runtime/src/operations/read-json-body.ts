import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { exceedsJsonDepth } from "../protocol/json-depth.js";
import { AdminError, invalidRequest } from "./admin-error.js";

const maxBytes = 2 ** 20;
const maxDepth = 64;

/**
 * The body of a request as an object with the fields that it has itself; without a body an empty one. At most 1 MiB
 * is kept; what a larger one has beyond that is read and dropped, so that the client hears the answer.
 * @throws AdminError 400, 413 or 415
 */
export async function readJsonBody(request: IncomingMessage): Promise<ReadonlyMap<string, unknown>> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return new Map();
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json *(;|$)/i.test(type) || request.headers["content-encoding"] !== undefined) {
    throw new AdminError(
      415,
      "unsupported_media_type",
      "The body must be JSON: content-type application/json.",
    );
  }
  if (exceedsJsonDepth(bytes, maxDepth)) {
    throw invalidRequest(`The body is nested more than ${maxDepth} levels deep.`);
  }
  return toFields(parse(bytes), "The body");
}

/** The fields of an object. A map, so that no name in it reaches an inherited property. @throws AdminError */
export function toFields(value: unknown, title: string): ReadonlyMap<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  throw invalidRequest(`${title} must be a JSON object.`);
}

/** @throws AdminError naming a field that has no meaning */
export function refuseUnknown(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    throw invalidRequest(`There is no ${JSON.stringify(name.slice(0, 100))}; known: ${known.join(", ")}.`);
  }
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
    throw new AdminError(400, "broken_off", "The request broke off.");
  }
  if (size > maxBytes)
    throw new AdminError(413, "body_too_large", `The body has more than ${maxBytes} bytes.`);
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalidRequest("The body is not valid JSON in UTF-8.");
  }
}
