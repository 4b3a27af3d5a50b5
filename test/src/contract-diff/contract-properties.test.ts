// What a client meets: a message that the old spec took and the new one refuses, or that only the new one sends.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { DiffOptions } from "../../../src/contract-diff/contract-change.js";
import { diffContracts } from "../../../src/contract-diff/diff-contracts.js";
import type { Model } from "../../../src/model/model.js";
import { subschemas } from "../../../src/schema/keywords.js";
import { isRecord } from "../../../src/spec-file/json.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";
import { instances, withDefinitions } from "../schema/schema-arbitrary.js";
import { modelOf, specOf } from "./model-of.js";
import { judge, schemaPairs } from "./schema-changes.js";

const base = modelOf(
  specOf(
    "{ port: 1000, urls: [ws], commands: { say: { request: true, reply: true } }, events: { said: {} } }",
  ),
);
// Compiling with Ajv takes long on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

type Direction = "request" | "reply" | "event";

/** A spec in which one schema is another. */
function modelWith(direction: Direction, schema: JsonSchema): Model {
  const [module] = base.modules;
  const [command] = module!.commands;
  const commands = direction === "event" ? module!.commands : [{ ...command!, [direction]: schema }];
  const events = module!.events.map((event) => (direction === "event" ? { ...event, data: schema } : event));
  return { ...base, modules: [{ ...module!, commands, events }] };
}

const isBreaking = (
  direction: Direction,
  [old, changed]: readonly JsonSchema[],
  options: DiffOptions,
): boolean =>
  diffContracts(modelWith(direction, old!), modelWith(direction, changed!), options).some(
    ({ breaking }) => breaking,
  );

const values = fc.sample(instances, { seed: 42, numRuns: 120 });

/** Pairs for which a value shows that they break clients, and the value. */
function* brokenPairs(direction: Direction, seed: number) {
  for (const pair of fc.sample(schemaPairs, { seed, numRuns: Number(process.env.RUNS ?? 400) })) {
    const [old, changed] = pair.map(withDefinitions) as [JsonSchema, JsonSchema];
    const [isOld, isNew] = [judge(old), judge(changed)];
    const value = values.find((each) =>
      direction === "request"
        ? isOld(each) === true && isNew(each) === false
        : isNew(each) === true && isOld(each) === false,
    );
    if (value !== undefined) yield { pair: [old, changed] as const, value };
  }
}

test.each([
  ["a request that the old spec took and the new one refuses", "request", 43],
  ["a reply that the new spec allows and the old one did not", "reply", 44],
  ["an event that the new spec allows and the old one did not", "event", 45],
] as const)("diffContracts: reports as breaking that %s", (_name, direction, seed) => {
  const broken = [...brokenPairs(direction, seed)];
  const missed = broken.filter(({ pair }) => !isBreaking(direction, pair, { isStrict: true }));
  expect(missed.map((one) => JSON.stringify(one))).toEqual([]);
  expect(broken.length).toBeGreaterThan(20);
});

test("diffContracts: ignores only fields that a request's schema does not name by default", () => {
  const broken = [...brokenPairs("request", 46)].filter(({ pair }) => pair.every(saysWhatElse));
  const missed = broken.filter(({ pair }) => !isBreaking("request", pair, {}));
  expect(missed.map((one) => JSON.stringify(one))).toEqual([]);
  expect(broken.length).toBeGreaterThan(20);
});

/** Whether every schema that names fields says whether there are others. */
function saysWhatElse(schema: JsonSchema): boolean {
  const isSaid =
    typeof schema === "boolean" || !isRecord(schema.properties) || schema.additionalProperties !== undefined;
  return (
    isSaid && subschemas(schema).every((child) => child.keyword === "$defs" || saysWhatElse(child.schema))
  );
}

test("diffContracts: a spec does not differ from itself, whatever its schemas", () => {
  for (const schema of fc.sample(schemaPairs, { seed: 47, numRuns: 300 }).flat()) {
    for (const direction of ["request", "reply", "event"] as const) {
      const whole = withDefinitions(schema);
      const found = diffContracts(
        modelWith(direction, whole),
        modelWith(direction, structuredClone(whole)),
        {},
      );
      expect(found).toEqual([]);
    }
  }
});

test("diffContracts: gives the changes in the same order every time", () => {
  for (const [old, changed] of fc.sample(schemaPairs, { seed: 48, numRuns: 100 })) {
    const find = () =>
      diffContracts(modelWith("reply", withDefinitions(old)), modelWith("reply", withDefinitions(changed)));
    expect(find()).toEqual(find());
  }
});
