import { parseRoute } from "../spec/route-pattern.js";
import type { ModuleModel } from "./model.js";

/** A path that the first route of a module serves, for samples: `rooms/:room` of chat becomes `/chat/rooms/room`. */
export function samplePath({ flag, urls: [url = ""] }: Pick<ModuleModel, "flag" | "urls">): string {
  const route = parseRoute(url);
  const segments = "segments" in route ? route.segments : [];
  const filled = segments.map((segment) => {
    if (segment.kind === "static") return segment.text;
    return segment.kind === "parameter" ? segment.prefix + segment.name : segment.name;
  });
  return `/${[flag, ...filled].filter((text) => text !== "").join("/")}`;
}
