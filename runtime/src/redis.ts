import { RedisLink } from "./cluster/redis/link.js";
import type { RedisOptions } from "./cluster/redis/session.js";
import type { ClusterEngine, ClusterNode } from "./config/cluster.js";
import { ConfigurationError, reasonOf } from "./errors.js";

export type { RedisOptions } from "./cluster/redis/session.js";

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
