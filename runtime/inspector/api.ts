// Requests to the server that sent this page. All of them go below the page's own folder, so that a proxy may add a prefix.

import { signal } from "@preact/signals";

const storageKey = "wsgen-token";

/** The token of the admin API. Kept for this tab only; the server sets no cookies. */
export const token = signal(sessionStorage.getItem(storageKey) ?? "");

export function keepToken(value: string): void {
  sessionStorage.setItem(storageKey, value);
  token.value = value;
}

/** An answer other than 2xx. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Sends a request to the admin API and returns the JSON of its answer. @throws RequestError */
export async function callApi(method: string, path: string, body?: object): Promise<unknown> {
  const response = await send(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
  return response.json();
}

/** Reads the values of a response that has one JSON value on each line. @throws RequestError, or the error of the network */
export async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const { body } = await send("GET", path, { signal });
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line);
  }
}

async function send(method: string, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers();
  if (token.value !== "") headers.set("Authorization", `Bearer ${token.value}`);
  if (init.body !== undefined) headers.set("Content-Type", "application/json");
  const response = await fetch(`../${path}`, { ...init, method, headers, credentials: "omit" });
  if (response.ok) return response;
  throw new RequestError(response.status, await readMessage(response));
}

async function readMessage(response: Response): Promise<string> {
  try {
    const { error } = await response.json();
    return String(error.message);
  } catch {
    return `The server answered ${response.status}.`;
  }
}

/** The text of any thrown value. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
