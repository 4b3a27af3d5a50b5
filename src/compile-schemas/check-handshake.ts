import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import type { HandshakePartModel, ModuleModel } from "../model/model.js";
import { escapeToken, isRecord, readProperties } from "../spec-file/json.js";
import { findValidRequest } from "./command-tests.js";
import type { SharedSchemas } from "./compile-schemas.js";
import { listTypes } from "./handshake-fields.js";

/** Reports what no client can send, and defaults that their own schemas refuse, which would refuse every handshake without the field. */
export async function checkHandshake(
  { handshake, wireName }: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const part of handshake.filter(({ isDeclared }) => isDeclared)) {
    found.push(...checkFields(part, shared), ...(await checkDefaults(part, shared)));
    if (part.part === "headers" && found.length === 0)
      found.push(...(await checkHeaders(part, wireName, shared)));
  }
  return found;
}

function checkFields({ part, sent, locate }: HandshakePartModel, shared: SharedSchemas): Diagnostic[] {
  return [...listTypes(sent, shared)].flatMap(([name, { own }]) => {
    const at = locate?.(`/properties/${escapeToken(name)}`);
    const report = (message: string, fix: string) => [
      problem("invalid-schema", { message, fix, ...(at && { at }) }),
    ];
    if (part === "headers" && name !== name.toLowerCase()) {
      const message = `The header '${name}' of a shared or combined schema has upper-case letters, which no received header has.`;
      return report(message, `Write '${name.toLowerCase()}'.`);
    }
    const sendable = part === "query" ? [...scalars, "array"] : scalars;
    if (own.size === 0 || sendable.some((type) => own.has(type))) return [];
    const message = `'${name}' in ${part} must be ${[...own].join(" or ")}, which no client can send there.`;
    return report(message, `Use the type ${sendable.join(", ").replace(/, (\w+)$/, " or $1")}.`);
  });
}

const scalars = ["string", "number", "boolean"];

/** Every client sends these headers, so the schema must allow them. */
async function checkHeaders(
  { sent, locate }: HandshakePartModel,
  wireName: string,
  shared: SharedSchemas,
): Promise<Diagnostic[]> {
  const sample = await findValidRequest(sent, shared);
  if (sample === undefined) return [];
  const key = "sec-websocket-key";
  const headers = {
    host: "localhost",
    connection: "Upgrade",
    upgrade: "websocket",
    [key]: "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  const problems = await shared.checker.check(sent, { ...headers, "sec-websocket-version": "13", ...sample });
  const at = locate?.("");
  return problems.slice(0, 1).map(({ pointer, message }) =>
    problem("invalid-schema", {
      message: `The headers of '${wireName}' would refuse every client, which sends 'host', 'upgrade' and others, too: '${pointer.slice(1) || "headers"}' ${message}.`,
      fix: "Allow other headers: remove `additionalProperties`, for example.",
      ...(at && { at }),
    }),
  );
}

async function checkDefaults({ part, sent, locate }: HandshakePartModel, shared: SharedSchemas) {
  const defaults = Object.entries(readProperties(sent)).flatMap(([name, schema]) =>
    isRecord(schema) && schema.default !== undefined ? [[name, schema.default] as const] : [],
  );
  if (defaults.length === 0 || typeof sent !== "object") return [];
  const problems = await shared.checker.check({ ...sent, required: [] }, Object.fromEntries(defaults));
  return problems.map(({ pointer, message }) => {
    const [, name = ""] = pointer.split("/");
    const at = locate?.(`/properties/${name}/default`);
    return problem("invalid-schema", {
      message: `The default of '${name}' in ${part} does not match its own schema: it ${message}.`,
      fix: "Change the default or the schema.",
      ...(at && { at }),
    });
  });
}
