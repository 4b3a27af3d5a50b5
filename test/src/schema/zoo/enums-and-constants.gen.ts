export interface Level {
  ping: "pong";
  level: "debug" | "info" | "warn" | "error";
  mixed?: 1 | -2.5 | "1" | null | true | [1, "a"] | { a: 1; "b-c": [] } | undefined;
  filtered?: "a" | "b" | undefined;
  impossible?: undefined;
  long?:
    | "the first of the long names"
    | "the second of the long names"
    | "the third of the long names"
    | "the fourth"
    | undefined;
}
