export interface Level {
  ping: "pong";
  level: "debug" | "info" | "warn" | "error";
  mixed?: 1 | -2.5 | "1" | null | true | [1, "a"] | { a: 1; "b-c": [] };
  filtered?: "a" | "b";
  impossible?: never;
  long?:
    | "the first of the long names"
    | "the second of the long names"
    | "the third of the long names"
    | "the fourth";
}
