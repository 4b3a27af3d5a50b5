// A server for clients that exist already: it speaks the protocol of the XRP Ledger, and the official client `xrpl` talks to it.
// https://xrpl.org/docs/references/http-websocket-apis/api-conventions
// Usage: PORT=6006 node examples/existing-protocol/server.ts
import {
  type CommandContext,
  closeOnSignals,
  type EnvelopeOptions,
  type ICommand,
  type IWebsocket,
  newWebsocketServe,
  setBasePath,
  setEnvelope,
  WebsocketError,
} from "wsgen-runtime";

/** The names that the protocol has for errors of the runtime. */
const errorNames: ReadonlyMap<string, string> = new Map([
  ["unknown_command", "unknownCmd"],
  ["invalid_message", "missingCommand"],
]);

/** The shape of replies, errors and events. Requests have `command` and `id`, as the default has them. */
const xrpLedger: EnvelopeOptions = {
  reply: ({ correlationId: id }, result) => ({ id, status: "success", type: "response", result }),
  error: ({ code, message }, to) => ({
    id: to?.correlationId,
    status: "error",
    type: "response",
    error: errorNames.get(code) ?? code,
    error_message: message,
    request: to?.message,
  }),
  event: (type, data) => ({ type, ...(typeof data === "object" ? data : {}) }),
};

const balances: ReadonlyMap<string, string> = new Map([["rf1BiGeXwwQoi8Z2ueFYTEXSwuJYfV2Jpn", "148446663"]]);

class ServerInfoCommand implements ICommand {
  getCommand = () => "server_info";
  getConfigOption = () => [];
  execute = () => ({ info: { build_version: "2.5.0", network_id: 1 } });
}

class AccountInfoCommand implements ICommand<{ account: string }> {
  getCommand = () => "account_info";
  getConfigOption = () => [];
  execute(_ctx: CommandContext, { account }: { account: string }) {
    const balance = balances.get(account);
    if (balance === undefined) throw new WebsocketError("actNotFound", "Account not found.");
    return { account_data: { Account: account, Balance: balance }, validated: true };
  }
}

class SubscribeCommand implements ICommand<{ streams?: string[] }> {
  getCommand = () => "subscribe";
  getConfigOption = () => [];
  execute(ctx: CommandContext, { streams = [] }: { streams?: string[] }) {
    if (streams.includes("ledger")) ctx.emit("ledgerClosed", { ledger_index: 7125358, txn_count: 12 });
    return {};
  }
}

class LedgerModule implements IWebsocket {
  connect() {}
  disconnect() {}
  close() {}
  handshakeURL = () => ["/"];
  getCommandList = () => [new ServerInfoCommand(), new AccountInfoCommand(), new SubscribeCommand()];
  getModuleFlag = () => "ledger";
  getServerPort = () => Number(process.env.PORT ?? 6006);
  // The clients know only the path `/`.
  getWSServerConfig = () => [setEnvelope(xrpLedger), setBasePath("/")];
}

closeOnSignals(await newWebsocketServe(new LedgerModule()));
