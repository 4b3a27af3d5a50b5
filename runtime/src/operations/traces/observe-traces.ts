import type { Attributes, Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import type { Connection } from "../../connection/connection.js";
import type { Observer } from "../../connection/observers.js";
import { ErrorCode } from "../../errors.js";
import { traceField } from "../../wire.js";
import { errorType, other, requestMethod } from "../error-labels.js";
import { readTraceparent, writeTraceparent } from "./traceparent.js";

type Api = typeof import("@opentelemetry/api");

/** Errors that are the fault of the server. Others are answers that a client may get: its spans are not errors. */
const serverErrors: ReadonlySet<string> = new Set([
  ...[ErrorCode.failed, ErrorCode.timeout, ErrorCode.notImplemented],
]);

/**
 * Writes a span for each handshake, command and push. A command continues the trace of its own `traceparent` and has a link to
 * the span of its handshake, which may have ended days ago.
 */
export function observeTraces(api: Api, tracer: Tracer): Observer {
  const { SpanKind } = api;
  const handshakes = new WeakMap<Connection, SpanContext>();
  const continueFrom = (value: unknown): Context => {
    const parent = readTraceparent(value);
    return parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parent);
  };
  const fail = (span: Span, code: string, isServerError: boolean): void => {
    span.setAttribute("error.type", code);
    if (isServerError) span.setStatus({ code: api.SpanStatusCode.ERROR });
  };
  const runIn = (span: Span, parent: Context) => (code: () => void) =>
    api.context.with(api.trace.setSpan(parent, span), code);
  return {
    handshakeBegan({ method, url = "", headers, socket }) {
      const parent = continueFrom(headers[traceField]);
      const attributes = {
        "http.request.method": requestMethod(method),
        "url.path": url.split("?", 1)[0] ?? "",
        "url.scheme": "encrypted" in socket ? "https" : "http",
      };
      const span = tracer.startSpan(requestMethod(method), { kind: SpanKind.SERVER, attributes }, parent);
      return {
        run: runIn(span, parent),
        ended({ status, code, route, module, connection }) {
          if (route !== undefined) {
            span.updateName(`${requestMethod(method)} ${route}`);
            span.setAttributes({ "http.route": route, "wsgen.module": module?.flag ?? other });
          }
          if (status !== undefined) span.setAttribute("http.response.status_code", status);
          if (connection !== undefined) {
            span.setAttribute("wsgen.connection", connection.id);
            handshakes.set(connection, span.spanContext());
          }
          const failure =
            code ?? (status === undefined ? "abandoned" : status >= 500 ? String(status) : undefined);
          if (failure !== undefined) fail(span, failure, status !== undefined && status >= 500);
          span.end();
        },
      };
    },
    commandBegan({ connection, item: { message }, command }) {
      const { flag } = connection.module;
      const parent = continueFrom(readField(message));
      const method = command === undefined ? other : `${flag}/${command}`;
      const attributes: Attributes = {
        "rpc.system.name": "wsgen",
        "rpc.method": method,
        "wsgen.module": flag,
        "wsgen.connection": connection.id,
      };
      const handshake = handshakes.get(connection);
      const links = handshake === undefined ? [] : [{ context: handshake }];
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes, links }, parent);
      return {
        run: runIn(span, parent),
        ended({ code }) {
          if (code !== undefined) fail(span, errorType(code), serverErrors.has(code));
          span.end();
        },
      };
    },
    pushBegan({ flag, event }) {
      const name = event ?? other;
      const attributes = {
        "messaging.system": "wsgen",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": name,
        "wsgen.module": flag,
      };
      // A child of the command that pushes.
      const span = tracer.startSpan(
        `send ${name}`,
        { kind: SpanKind.PRODUCER, attributes },
        api.context.active(),
      );
      return {
        traceparent: writeTraceparent(span.spanContext()),
        ended({ receivers }) {
          span.setAttribute("messaging.batch.message_count", receivers);
          span.end();
        },
      };
    },
  };
}

/** The field of a message, if it is an object that has it. */
const readField = (message: unknown): unknown =>
  typeof message === "object" && message !== null && Object.hasOwn(message, traceField)
    ? (message as Record<string, unknown>)[traceField]
    : undefined;
