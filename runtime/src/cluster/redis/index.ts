import { type Check, wholeNumber } from "../../config/checks.js";
import type { ClusterEngine, ClusterNode } from "../../config/cluster.js";
import { ConfigurationError, reasonOf } from "../../errors.js";
import { RedisLink } from "./link.js";
import type { RedisOptions } from "./session.js";

export type { RedisOptions } from "./session.js";

/**
 * A cluster over Redis 7 or later, by the package `redis`. Redis keeps the replayed events and the list of connections, and
 * carries the pushes. `docs/scaling.md` says what is guaranteed.
 * @example setCluster(redisCluster({ url: "redis://localhost:6379" }))
 */
export function redisCluster(options: RedisOptions): ClusterEngine {
  return {
    name: "redis",
    heartbeatMs: options.heartbeatMs,
    async join(node: ClusterNode) {
      checkOptions(options);
      try {
        return await RedisLink.open(await loadPackage(), options, node);
      } catch (cause) {
        if (cause instanceof ConfigurationError) throw cause;
        const urls = [options.url].flat().map(hidePassword).join(", ");
        throw new Error(
          `Redis cannot be reached at ${urls}: ${reasonOf(cause)}. Start it, or correct the url of redisCluster.`,
          { cause },
        );
      }
    },
  };
}

/** @throws ConfigurationError `invalid_option`, without a `cause`: that of a URL has its password */
function checkOptions({ url, heartbeatMs = 1_000, timeoutMs = 2_000 }: RedisOptions): void {
  const urls = [url].flat();
  if (urls.length === 0 || !urls.every(isRedisUrl)) {
    const found = urls.map(hidePassword).join(", ") || "no URL";
    const text = `redisCluster has ${found}; expected redis://host:port, or rediss:// for TLS. Correct its url.`;
    throw new ConfigurationError(text);
  }
  checkRange("heartbeatMs", heartbeatMs, wholeNumber(20, 60_000));
  checkRange("timeoutMs", timeoutMs, wholeNumber(10, 60_000));
}

function checkRange(name: string, value: number, { accepts, range }: Check): void {
  if (!accepts(value))
    throw new ConfigurationError(`redisCluster has ${name} ${value}; expected ${range}. Correct it.`);
}

const isRedisUrl = (url: string): boolean =>
  /^rediss?:\/\/./.test(url) && URL.canParse(url) && isDecodable(new URL(url).password);

/** A `%` in a password is written `%25`. */
function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "" || text === "";
  } catch {
    return false;
  }
}

async function loadPackage(): Promise<typeof import("redis")> {
  try {
    return await import("redis");
  } catch (cause) {
    const text = "redisCluster needs a package. Run npm install redis.";
    throw new ConfigurationError(text, { code: "missing_package", cause });
  }
}

/** Without user and password, which must not be in a log. */
function hidePassword(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "a URL that cannot be read";
  }
}
