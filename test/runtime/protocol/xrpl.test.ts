import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type EnvelopeOptions,
  type ErrorBody,
  enableConsoleLog,
  type ICommand,
  type IWebsocket,
  setEnvelope,
  WebsocketError,
} from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { Client, type LedgerStream, RippledError } from "xrpl";

/** The protocol of the XRP Ledger: https://xrpl.org/docs/references/http-websocket-apis/api-conventions */
const xrpLedger: EnvelopeOptions = {
  reply: ({ correlationId: id }, result) => ({ id, status: "success", type: "response", result }),
  error: (error, to) => ({
    id: to?.correlationId,
    status: "error",
    type: "response",
    error: errorTokens.get(error.code) ?? error.code,
    error_message: error.message,
    request: to?.message,
  }),
  event: (type, data) => ({ type, ...(data as object) }),
};

const errorTokens: ReadonlyMap<ErrorBody["code"], string> = new Map([
  ["unknown_command", "unknownCmd"],
  ["invalid_message", "missingCommand"],
]);

const command = (name: string, execute: ICommand["execute"]): ICommand => ({
  getCommand: () => name,
  getConfigOption: () => [],
  execute,
});

const account = "rf1BiGeXwwQoi8Z2ueFYTEXSwuJYfV2Jpn";

const ledger: IWebsocket = {
  connect: () => undefined,
  disconnect: () => undefined,
  close: () => undefined,
  handshakeURL: () => ["/"],
  getModuleFlag: () => "ledger",
  getServerPort: () => 0,
  getWSServerConfig: () => [setEnvelope(xrpLedger), enableConsoleLog(false)],
  getCommandList: () => [
    command("server_info", () => ({ info: { build_version: "2.5.0", network_id: 1 } })),
    command("account_info", (_ctx, request: { account: string }) => {
      if (request.account !== account) throw new WebsocketError("actNotFound", "Account not found.");
      return { account_data: { Account: account, Balance: "148446663" }, validated: true };
    }),
    command("subscribe", (ctx, { streams }: { streams: string[] }) => {
      if (streams.includes("ledger")) ctx.emit("ledgerClosed", { ledger_index: 7125358, txn_count: 12 });
      return {};
    }),
  ],
};

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startModules(ledger);
  client = new Client(server.url("/ledger/"));
  await client.connect();
});
afterAll(async () => {
  await client.disconnect();
  await server.close();
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
