import type { ClusterConfig, ClusterEngine } from "../config/cluster.js";
import type { ModuleOptions } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import { ConfigurationError, reasonOf, StartError, titleOf } from "../errors.js";
import { ClusterMember } from "./member.js";

interface ClusteredModule {
  readonly flag: string;
  readonly config: Pick<ModuleOptions, "cluster">;
  readonly logger: { readonly logger: Logger };
}

/** This process in the clusters of its modules. Modules with the same engine, or with equal data, share one. */
export class ClusterMembers {
  readonly #members = new Map<unknown, ClusterMember>();
  readonly #isTest: boolean;

  /** @param isTest whether only engines are joined, and none that the spec names */
  constructor({ isTest }: { readonly isTest: boolean }) {
    this.#isTest = isTest;
  }

  /** @throws StartError `cluster_unreachable`, or the code of what is wrong with the option */
  async join(modules: readonly ClusteredModule[]): Promise<void> {
    for (const { flag, config, logger } of modules) {
      const { cluster } = config;
      if (cluster === undefined || this.#members.has(keyOf(cluster))) continue;
      if (this.#isTest && !isEngine(cluster)) continue;
      try {
        const engine = await openEngine(cluster);
        this.#members.set(keyOf(cluster), await ClusterMember.join(engine, logger.logger));
      } catch (cause) {
        const code = cause instanceof ConfigurationError ? cause.code : "cluster_unreachable";
        throw new StartError(code, `${titleOf(flag)}: setCluster: ${reasonOf(cause)}`, { cause });
      }
    }
  }

  /** Undefined without a cluster. */
  find({ cluster }: ClusteredModule["config"]): ClusterMember | undefined {
    return cluster && this.#members.get(keyOf(cluster));
  }

  /** False while an engine cannot be reached. */
  get isWhole(): boolean {
    return [...this.#members.values()].every(({ isConnected }) => isConnected);
  }

  /** Resolves when the pushes of other processes reach the started modules. */
  async ready(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.ready()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.close()));
  }
}

const isEngine = (cluster: ClusterEngine | ClusterConfig): cluster is ClusterEngine => "join" in cluster;

const keyOf = (cluster: ClusterEngine | ClusterConfig): unknown =>
  isEngine(cluster) ? cluster : JSON.stringify(cluster);

/** @throws ConfigurationError for a missing package or a missing URL */
async function openEngine(cluster: ClusterEngine | ClusterConfig): Promise<ClusterEngine> {
  if (isEngine(cluster)) return cluster;
  const { redis } = cluster;
  const { url, urlEnv, prefix } = typeof redis === "string" ? { url: redis } : redis;
  const found = (urlEnv === undefined ? undefined : process.env[urlEnv]) || url;
  if (!found) {
    const text = `The environment variable ${urlEnv} has no URL. Set it to that of Redis, such as redis://localhost:6379.`;
    throw new ConfigurationError(text, { code: "invalid_option" });
  }
  const { redisCluster } = await import("./redis/index.js");
  return redisCluster({ url: found, prefix });
}
