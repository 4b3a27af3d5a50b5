import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createRotation } from "../../../runtime/src/logging/rotation.js";
import { moduleOptions } from "../../../runtime/src/options.js";

const splitIntervals = moduleOptions.log.value.fields.split.value.choices;

const originalZone = process.env.TZ;
afterEach(() => {
  if (originalZone === undefined) delete process.env.TZ;
  else process.env.TZ = originalZone;
});

describe("createRotation", () => {
  it.each([
    ["minute", "logs/2021-04-22-22-05-test.log"],
    ["hour", "logs/2021-04-22-22-test.log"],
    ["day", "logs/2021-04-22-test.log"],
    ["month", "logs/2021-04-test.log"],
    ["year", "logs/2021-test.log"],
  ] as const)("puts the time before the name, by the %s", (split, path) => {
    const pathAt = createRotation({ folder: "logs", file: "test.log", split });
    expect(pathAt(new Date(2021, 3, 22, 22, 5, 59).getTime())).toBe(path);
  });

  it("setLogFile: the name changes at the boundary, forwards and back", () => {
    const pathAt = createRotation({ folder: "logs", file: "a.log", split: "month" });
    const boundary = new Date(2022, 0, 1).getTime();
    expect([boundary - 1, boundary, boundary - 1].map(pathAt)).toEqual([
      "logs/2021-12-a.log",
      "logs/2022-01-a.log",
      "logs/2021-12-a.log",
    ]);
  });

  it("uses local time through the hour that comes twice and the one that is missing", () => {
    process.env.TZ = "Europe/Berlin";
    const pathAt = createRotation({ folder: "", file: "a.log", split: "hour" });
    const hour = 3_600_000;
    const autumn = Date.UTC(2021, 9, 30, 23, 30);
    expect([0, 1, 2, 3].map((hours) => pathAt(autumn + hours * hour))).toEqual(
      ["01", "02", "02", "03"].map((name) => `2021-10-31-${name}-a.log`),
    );
    const spring = Date.UTC(2021, 2, 28, 0, 30);
    expect([0, 1].map((hours) => pathAt(spring + hours * hour))).toEqual(
      ["01", "03"].map((name) => `2021-03-28-${name}-a.log`),
    );
  });

  it("returns the same for a time, whatever the calls before", () => {
    process.env.TZ = "America/New_York";
    const times = fc.array(fc.date({ min: new Date(2020, 0), max: new Date(2030, 0), noInvalidDate: true }));
    fc.assert(
      fc.property(fc.constantFrom(...splitIntervals), times, (split, dates) => {
        const rotation = { folder: "", file: "a.log", split };
        const used = createRotation(rotation);
        for (const date of dates) expect(used(date.getTime())).toBe(createRotation(rotation)(date.getTime()));
      }),
    );
  });
});
