import type { IWebsocket } from "../contract.js";
import { openServe } from "../serve.js";
import type { ServedModule, WebsocketServe } from "../server/running-serve.js";
import { inTime } from "./time.js";

/** Modules that were started for a test. */
export interface TestServer extends AsyncDisposable {
  readonly serve: WebsocketServe;
  /** Where to connect: `url("/chat/ws")` is `ws://127.0.0.1:<port>/chat/ws`, of the module whose path it is. */
  url(path: string): string;
  /** Closes the modules and their connections. @throws Error when that takes longer than 10 s */
  close(): Promise<void>;
}

/** Starts modules on free ports of this machine, whatever ports they return; those that share one still do. */
export async function startModules(...modules: readonly IWebsocket[]): Promise<TestServer> {
  const serve = await openServe(modules, { toPort: () => 0 });
  const close = () => inTime(serve.close({ deadlineMs: 2_000 }), "The server did not close");
  return {
    serve,
    url(path) {
      const { port } = moduleAt(serve, path);
      const isSecure = serve.addresses.some((address) => address.port === port && address.isSecure);
      return `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}/${path.replace(/^\/+/, "")}`;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The module whose base path is the longest that the path begins with. @throws RangeError when there is none */
function moduleAt(serve: WebsocketServe, path: string): ServedModule {
  const segments = segmentsOf(path.split(/[?#]/)[0] ?? "");
  const begins = ({ basePath }: ServedModule) =>
    segmentsOf(basePath).every((text, index) => decodeURIComponent(segments[index] ?? "") === text);
  const [module] = serve.modules
    .filter(begins)
    .sort((one, other) => segmentsOf(other.basePath).length - segmentsOf(one.basePath).length);
  return module ?? serve.module(segments[0] ?? "");
}

const segmentsOf = (path: string): string[] => path.split("/").filter((segment) => segment !== "");
