/** What the numbers of an option count. */
export type Unit = "bytes" | "seconds";

/** The pattern of a size as text: a number with B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (of 1024). */
export const SIZE_PATTERN = "^[0-9]+(\\.[0-9]+)? ?(B|KB|MB|GB|KiB|MiB|GiB)$";
/** The pattern of a duration as text: a number with ms, s, m or h. */
export const DURATION_PATTERN = "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h)$";

const FACTORS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  bytes: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  seconds: { ms: 0.001, s: 1, m: 60, h: 3600 },
};

/** The number that `16KiB` or `500ms` stands for, in `unit`; undefined when the text is no such quantity. */
export function parseQuantity(text: string, unit: Unit): number | undefined {
  const [, amount, suffix] = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = FACTORS[unit][suffix ?? ""];
  if (amount === undefined || factor === undefined) return undefined;
  // 250 * 0.001 is inexact in binary; dividing by the whole inverse is not.
  const value = factor < 1 ? Number(amount) / Math.round(1 / factor) : Number(amount) * factor;
  return Number.isFinite(value) ? value : undefined;
}
