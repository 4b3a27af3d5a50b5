export interface Settings {
  name: string;
  /** An integer. */
  size?: number;
  /** Each value: an integer, at least 0. */
  counts?: { [key: string]: number };
  /** Further rules for names like `^x-`. */
  headers?: { [key: string]: string };
  /** Further rules for names like `^x-`. */
  loose?: { id: string; [key: string]: unknown };
  open?: { id: string; [key: string]: unknown };
  [key: string]:
    | boolean
    | string
    | number
    | { [key: string]: number }
    | { [key: string]: string }
    | { id: string; [key: string]: unknown }
    | undefined;
}
