import type { ServerSource } from "wsgen-runtime";
import type { Happening } from "../../schemas.gen.js";
import type { Store } from "../../store.js";
import { activityEvents } from "./activity.gen.js";

/** Stores what happened, and pushes it to the clients of the activity. Commands of any module call it with their context. */
export function report(ctx: ServerSource, store: Store, happening: Happening): void {
  store.addHappening(happening);
  activityEvents(ctx).happened.all.emit(happening);
}
