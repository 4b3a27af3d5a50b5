import type { SpanContext } from "@opentelemetry/api";

/** Source: https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-[^\n]*)?$/;
/** A later version may be longer. */
const maxLength = 256;

/** Reads a traceparent of a client. @returns undefined for anything else, which is ignored */
export function readTraceparent(value: unknown): SpanContext | undefined {
  if (typeof value !== "string" || value.length > maxLength) return undefined;
  const [, traceId, spanId, flags = "", rest] = form.exec(value) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  // Version 00 ends here.
  if (rest !== undefined && value.startsWith("00")) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** @returns undefined for the empty context of a program without a TracerProvider */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  const value = `00-${traceId}-${spanId}-0${traceFlags & 1}`;
  return form.test(value) ? value : undefined;
}
