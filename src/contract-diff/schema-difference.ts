import type { AspectCode, ContractCode } from "./contract-codes.js";
import type { Obstacle } from "./schema/obstacle.js";

/** Who sends the values of a schema: in a request the client, in a reply or an event the server. */
export type Direction = "request" | "reply" | "event";

/** What differs in one place and aspect: what no longer holds, what holds besides, or both. */
export interface Difference {
  /** Why not every old value holds for the new schema. */
  readonly narrowing: Obstacle | undefined;
  /** Why not every new value holds for the old schema. */
  readonly widening: Obstacle | undefined;
}

/** The code of a difference; `decisive` is the obstacle by which it breaks clients. */
export function differenceCode(difference: Difference, decisive: Obstacle | undefined): ContractCode {
  const { narrowing, widening } = difference;
  const { aspect } = narrowing ?? widening ?? { aspect: "type" };
  if (aspect === "field") return wasAndIs(difference)[0] === "absent" ? "field-added" : "field-removed";
  if (decisive?.undecided !== undefined) return "cannot-be-decided";
  if (aspect === "required") return narrowing === undefined ? "field-optional" : "field-required";
  const effect = narrowing === undefined ? "widened" : widening === undefined ? "narrowed" : "changed";
  return aspect === "other-fields" ? `fields-${effect}` : (`${aspect}-${effect}` satisfies AspectCode);
}

/** What was and what is, in words. */
function wasAndIs({ narrowing, widening }: Difference): readonly [string, string] {
  if (narrowing !== undefined) return [narrowing.narrow, narrowing.wide];
  return [widening?.wide ?? "", widening?.narrow ?? ""];
}

export interface Telling {
  readonly code: ContractCode;
  readonly direction: Direction;
  /** The obstacle by which the difference breaks clients. */
  readonly decisive: Obstacle | undefined;
}

/** What was, what is and whom it breaks, in one sentence without its full stop. */
export function differenceMessage(difference: Difference, { code, direction, decisive }: Telling): string {
  const fact = factOf(difference, code);
  if (decisive === undefined) return fact;
  if (decisive.undecided !== undefined)
    return `${fact}; it cannot be decided whether ${decisive.undecided}, so it counts as breaking`;
  return `${fact}: ${victimsOf(code, direction, wasAndIs(difference)[1])}`;
}

function factOf(difference: Difference, code: ContractCode): string {
  const [was, is] = wasAndIs(difference);
  const { aspect } = difference.narrowing ?? difference.widening ?? { aspect: "type" };
  switch (aspect) {
    case "field":
      return code === "field-added" ? `the field is new and ${is}` : `the field is gone; it was ${was}`;
    case "required":
      return `the field was ${was} and is ${is}`;
    case "other-fields":
      return `${was} were allowed; now ${is} are`;
    case "alternatives":
      return `the alternatives are ${effectOf(difference)}`;
    case "condition":
      return `${difference.narrowing?.wide ?? difference.widening?.wide ?? ""} is ${effectOf(difference)}`;
    default:
      return was === is ? `${was}, but ${effectOf(difference)}` : `${was} became ${is}`;
  }
}

function effectOf({ narrowing, widening }: Difference): string {
  if (narrowing === undefined) return "looser or gone";
  return widening === undefined ? "stricter or new" : "others than before";
}

/** Whom a change breaks, and how; `is` is what a new field is now. */
export function victimsOf(code: ContractCode, direction: Direction, is = "required"): string {
  if (direction === "request") {
    if (code === "field-removed") return "clients that send it are refused";
    if (code === "field-added" && is !== "required")
      return "clients that send something else by its name are refused";
    return code === "field-added" || code === "field-required"
      ? "clients that do not send it are refused"
      : "clients that send what was allowed are refused";
  }
  if (code === "field-removed") return "clients that read it find nothing";
  if (code === "field-optional") return "clients that read it may find nothing";
  if (code === "field-added") return "clients that allow no other fields refuse it";
  return "clients may get what was ruled out";
}
