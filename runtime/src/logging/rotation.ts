import { join } from "node:path";
import type { SplitInterval } from "../config/choices.js";

/**
 * Creates a function that returns the path for a time. The local time precedes the file name: `test.log` at 22 h on 22
 * April 2021 is `2021-04-22-22-test.log`. It runs for every line, so it computes the name once per interval.
 */
export function createRotation({
  folder,
  file,
  split,
}: {
  folder: string;
  file: string;
  split: SplitInterval;
}): (now: number) => string {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let path = "";
  return (now) => {
    // A clock can be set back before `start`.
    if (now < start || now >= end) {
      const parts = timeParts(new Date(now), split);
      start = localTime(parts, 0);
      end = localTime(parts, 1);
      path = join(folder, `${timePrefix(parts)}-${file}`);
    }
    return path;
  };
}

/** Year, month from 1, day, hour and minute in local time, as many as the interval needs. */
function timeParts(time: Date, split: SplitInterval): number[] {
  const parts = [time.getFullYear(), time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes()];
  return parts.slice(0, { year: 1, month: 2, day: 3, hour: 4, minute: 5 }[split]);
}

const timePrefix = (parts: readonly number[]): string =>
  parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, "0")).join("-");

/** The start of the interval with these parts, or of a later one. */
function localTime(parts: readonly number[], intervalsLater: number): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts.map((part, index) =>
    index === parts.length - 1 ? part + intervalsLater : part,
  );
  return new Date(year, month - 1, day, hour, minute).getTime();
}
