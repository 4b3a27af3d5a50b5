// Messages of "Try it", in the envelope and the codec of the module.

import { decode, encode } from "@msgpack/msgpack";
import type { WireReport } from "../src/inspector/report.ts";

/** A command as its module reads it. Of another form, the fields are the whole message. */
export function toMessage(
  { form, command: commandField, correlation }: WireReport,
  { command, fields, id }: { readonly command: string; readonly fields: object; readonly id: number },
): object {
  if (form === "other") return fields;
  if (form === "json-rpc") return { jsonrpc: "2.0", method: command, params: fields, id };
  return { ...fields, [commandField]: command, [correlation]: id };
}

export const toFrame = ({ codec }: WireReport, message: object): string | Uint8Array<ArrayBuffer> =>
  codec === "msgpack" ? encode(message).slice() : JSON.stringify(message);

/** The text of a frame from the server. */
export function toText({ codec }: WireReport, data: string | ArrayBuffer): string {
  if (typeof data === "string") return data;
  if (codec !== "msgpack") return `${data.byteLength} bytes`;
  try {
    return JSON.stringify(decode(data), showOther) ?? "null";
  } catch {
    return `${data.byteLength} bytes that are no MessagePack`;
  }
}

/** Values that JSON does not have. */
function showOther(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "bigint" ? String(value) : value;
}
