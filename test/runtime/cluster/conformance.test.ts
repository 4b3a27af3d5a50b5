// Every engine keeps the rules of `ClusterEngine`.
import { afterAll, beforeAll, describe, test } from "vitest";
import { memoryCluster } from "wsgen-runtime";
import { redisCluster } from "wsgen-runtime/redis";
import { listClusterCases } from "wsgen-runtime/testing/cluster";
import { startRedisCluster, type TestRedisCluster } from "../../support/redis-cluster.js";
import { type RedisServer, startRedis, withRedis } from "../../support/redis-server.js";

describe("memory", () => {
  for (const { name, run } of listClusterCases(() => memoryCluster())) test(name, run);
});

withRedis.describe("Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  for (const { name, run } of listClusterCases(() => redisCluster({ url: redis.url }))) test(name, run);
});

withRedis.describe("Redis Cluster", () => {
  let redis: TestRedisCluster;
  beforeAll(async () => {
    redis = await startRedisCluster();
  }, 90_000);
  afterAll(() => redis.stop());
  for (const { name, run } of listClusterCases(() => redisCluster({ url: redis.urls }))) test(name, run);
});
