import type { AnyModule } from "../contract.js";
import { openServe } from "../serve.js";
import type { ServedModule, WebsocketServe } from "../server/running-serve.js";
import { inTime } from "./time.js";

/** Started modules of a test. */
export interface TestServer extends AsyncDisposable {
  readonly serve: WebsocketServe;
  /** The URL of a path: `url("/chat/ws")` is `ws://127.0.0.1:<port>/chat/ws`, with the port of the path's module. */
  url(path: string): string;
  /** Closes the modules and their connections. @throws Error after 10 s */
  close(): Promise<void>;
}

/**
 * Starts modules on free ports instead of the ports that they return. Modules with the same port still share one. A cluster of the
 * spec (`cluster: { redis }`) is left out, so that tests need no Redis; an engine that code sets is joined.
 */
export async function startModules(...modules: readonly AnyModule[]): Promise<TestServer> {
  const serve = await openServe(modules, () => 0, true);
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

/** The module with the longest matching base path. @throws RangeError if there is none */
function moduleAt(serve: WebsocketServe, path: string): ServedModule {
  const segments = splitPath(path.split(/[?#]/)[0] ?? "");
  const begins = ({ basePath }: ServedModule) =>
    splitPath(basePath).every((text, index) => decodeURIComponent(segments[index] ?? "") === text);
  const [module] = serve.modules
    .filter(begins)
    .sort((one, other) => splitPath(other.basePath).length - splitPath(one.basePath).length);
  return module ?? serve.module(segments[0] ?? "");
}

const splitPath = (path: string): string[] => path.split("/").filter((segment) => segment !== "");
