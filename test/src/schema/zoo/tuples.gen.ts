export interface Tuples {
  point?: [number, number];
  line?: [string, (number | null)?, ...boolean[]];
  open?: [string?, ...unknown[]];
  documented?: [
    {
      /** An integer. */
      x?: number;
    },
  ];
}
