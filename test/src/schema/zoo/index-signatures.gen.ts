export interface Settings {
  name: string;
  /** An integer. */
  size?: number | undefined;
  /** Each value: an integer, at least 0. */
  counts?: { [key: string]: number } | undefined;
  /** Further rules for names like `^x-`. */
  headers?: { [key: string]: string } | undefined;
  /** Further rules for names like `^x-`. */
  loose?: { id: string; [key: string]: unknown } | undefined;
  open?: { id: string; [key: string]: unknown } | undefined;
  [key: string]:
    | boolean
    | string
    | number
    | { [key: string]: number }
    | { [key: string]: string }
    | { id: string; [key: string]: unknown }
    | undefined;
}
