export interface Tuples {
  point?: [number, number] | undefined;
  line?: [string, (number | null)?, ...boolean[]] | undefined;
  open?: [string?, ...unknown[]] | undefined;
  documented?: [
    {
      /** An integer. */
      x?: number | undefined;
    },
  ] | undefined;
}
