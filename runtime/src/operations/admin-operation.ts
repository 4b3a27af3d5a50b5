import type { AdminRight } from "../config/module-types.js";
import type { JsonLines } from "../inspector/json-lines.js";
import type { Caller } from "./admin-access.js";
import { type JsonSchema, type ObjectShape, object, readQuery, type Shape } from "./admin-shape.js";

/** One request, checked. */
interface AdminCall<Query, Body> {
  /** The parameter `:id` of the path; empty if it has none. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** Adds an entry to the audit log: what is done to what, and the outcome, without data of clients. */
  note(details: object): void;
  /** Runs when the answer is sent, or when the client is gone. */
  whenAnswered(run: () => Promise<void>): void;
}

/** A request before its check. */
interface UncheckedCall extends Omit<AdminCall<unknown, unknown>, "query"> {
  readonly query: URLSearchParams;
}

/** One operation of the admin API: how it is served, checked and documented. */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** A path of koa-router. Its only parameter is `:id`. */
  readonly path: string;
  readonly right: AdminRight;
  readonly summary: string;
  readonly query: ObjectShape<Readonly<Record<string, Shape<unknown>>>>;
  /** Undefined: the body is not read. */
  readonly body: Shape<unknown> | undefined;
  readonly status: number;
  readonly answer: JsonSchema;
  /** True if the answer is `JsonLines`: each line is an answer, and the response does not end. */
  readonly isStream: boolean;
  /** The codes of the errors that only some operations have, by status. */
  readonly errors: Readonly<Record<number, string>>;
  /** Checks the call. @returns the function that performs it. @throws AdminError 400 */
  prepare(call: UncheckedCall): () => unknown;
}

type Fields = Readonly<Record<string, Shape<unknown>>>;

interface Definition<Query extends Fields, Body, Answer> {
  readonly id: string;
  readonly method: Operation["method"];
  readonly path: string;
  readonly right: AdminRight;
  readonly summary: string;
  readonly query?: ObjectShape<Query>;
  readonly body?: Shape<Body>;
  readonly status?: number;
  readonly answer: Shape<Answer>;
  readonly errors?: Operation["errors"];
  run(
    call: AdminCall<
      { readonly [Name in keyof Query]: Query[Name] extends Shape<infer Value> ? Value : never },
      Body
    >,
  ): Answer | Promise<Answer>;
}

const noFields = object({});

/** Creates an operation. The shapes are the types of its function, the check of requests, and the document. */
export function defineOperation<Query extends Fields, Body, Answer>(
  definition: Definition<Query, Body, Answer>,
): Operation {
  const { query, body, status = 200, answer, errors = {}, ...rest } = definition;
  return {
    ...rest,
    query: query ?? noFields,
    body,
    status,
    answer: answer.schema,
    isStream: false,
    errors,
    prepare(call) {
      // Without a shape, no parameter is allowed and the type of the query is empty.
      const shape = query ?? (noFields as ObjectShape<Fields> as ObjectShape<Query>);
      const read = {
        ...call,
        query: readQuery(call.query, shape),
        body: body?.read(call.body, "The body") as Body,
      };
      return () => definition.run(read);
    },
  };
}

/** Creates an operation that reads, and answers with lines until its reader leaves. */
export function defineStream({
  line,
  follow,
  ...definition
}: Pick<Operation, "id" | "path" | "summary" | "errors"> & {
  readonly line: JsonSchema;
  /** @throws AdminError */
  follow(id: string): JsonLines;
}): Operation {
  const operation = { ...definition, method: "get", right: "read" } as const;
  const answer: Shape<JsonLines> = { schema: line, read: (value) => value as JsonLines };
  return { ...defineOperation({ ...operation, answer, run: ({ id }) => follow(id) }), isStream: true };
}
