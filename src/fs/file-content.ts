/** A file as the tree has it: text, or bytes for what is no UTF-8. */
export type FileContent = string | Uint8Array;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text keeps its byte-order mark and line ends; bytes that are no UTF-8 stay bytes, so that nothing is lost. */
export function toContent(bytes: Uint8Array): FileContent {
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}

export const toBytes = (content: FileContent): Uint8Array =>
  typeof content === "string" ? Buffer.from(content, "utf8") : content;
