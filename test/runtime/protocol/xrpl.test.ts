// The official client of the XRP Ledger and examples/existing-protocol, as a process of its own.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, type LedgerStream, RippledError } from "xrpl";
import { CompiledBlocks } from "../../docs/compile-blocks.js";
import { freePort } from "../../support/free-port.js";

const example = new URL("../../../examples/existing-protocol/server.ts", import.meta.url);
const account = "rf1BiGeXwwQoi8Z2ueFYTEXSwuJYfV2Jpn";

let compiled: CompiledBlocks;
let server: ChildProcess;
let client: Client;
beforeAll(async () => {
  const source = { file: "existing-protocol/server.ts", text: readFileSync(example, "utf8") };
  compiled = await CompiledBlocks.of([source]);
  expect(compiled.complaints).toBe("");
  const port = await freePort();
  server = await compiled.start(source, { PORT: String(port) });
  client = new Client(`ws://127.0.0.1:${port}`);
  await client.connect();
});
afterAll(async () => {
  await client?.disconnect();
  server?.kill("SIGTERM");
  expect(await once(server, "exit")).toEqual([0, null]);
  await compiled[Symbol.asyncDispose]();
});

describe("the protocol of the XRP Ledger with the client xrpl", () => {
  it("sends the state of the server when a client connects", () => {
    expect(client.buildVersion).toBe("2.5.0");
    expect(client.networkID).toBe(1);
  });

  it("answers a request", async () => {
    const response = await client.request({ command: "account_info", account, ledger_index: "validated" });
    expect(response.result).toEqual({
      account_data: { Account: account, Balance: "148446663" },
      validated: true,
    });
    expect(response.type).toBe("response");
  });

  it("answers many requests at once, each with its own", async () => {
    const requests = [...Array(20).keys()].map((id) =>
      client.request({ command: "server_info", id: `request ${id}` }),
    );
    const responses = await Promise.all(requests);
    expect(responses.map(({ id }) => id)).toEqual(responses.map((_, index) => `request ${index}`));
  });

  it("fails a request with the error of the command", async () => {
    const failed = client.request({ command: "account_info", account: "rNobody" });
    await expect(failed).rejects.toThrow(RippledError);
    await expect(failed).rejects.toMatchObject({
      message: "Account not found.",
      data: {
        error: "actNotFound",
        status: "error",
        request: { command: "account_info", account: "rNobody" },
      },
    });
  });

  it("fails a request that no command takes", async () => {
    await expect(client.request({ command: "fee" })).rejects.toMatchObject({ data: { error: "unknownCmd" } });
  });

  it("streams events", async () => {
    const closed = new Promise<LedgerStream>((resolve) => client.once("ledgerClosed", resolve));
    await client.request({ command: "subscribe", streams: ["ledger"] });
    expect(await closed).toEqual({ type: "ledgerClosed", ledger_index: 7125358, txn_count: 12 });
  });
});
