/**
 * A name as it is written to Redis. Half of a surrogate pair has no UTF-8 (RFC 3629 §3): such a name is written as JSON, which
 * escapes it.
 */
export const writeName = (name: string): string =>
  /^\u0001|\p{Surrogate}/u.test(name) ? `\u0001${JSON.stringify(name)}` : name;

export const readName = (written: string): string =>
  written.startsWith("\u0001") ? JSON.parse(written.slice(1)) : written;
