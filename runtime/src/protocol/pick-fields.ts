import { takeSync } from "../boundary.js";
import type { Logger } from "../contract.js";
import { type Conversion, toSent } from "../conversion.js";
import { type KnownFields, pointerToken } from "../validation/problem.js";
import { toJsonValue } from "./check-data.js";

/** The fields that are sent, and the bytes among them. */
export interface FieldRules {
  /** Undefined: all fields are sent. */
  readonly fields: (() => KnownFields) | undefined;
  /** Undefined: the schema has no bytes. */
  readonly conversion: Conversion | undefined;
}

/** Removes the fields from replies and events that their schemas do not name. */
export class KnownFieldPicker {
  readonly #log: Logger | undefined;
  readonly #warned = new Set<() => KnownFields>();

  /** @param log gets one warning for each schema, with the first removed field */
  constructor(log: Logger | undefined) {
    this.#log = log;
  }

  /**
   * Copies the value with the fields that its schema names. Parts without a schema are not copied but kept. Calls `toJSON`
   * like `JSON.stringify`. Throws the errors of getters and `toJSON`.
   */
  pick(value: unknown, { fields, conversion }: FieldRules, of: Readonly<Record<string, string>>): unknown {
    if (fields === undefined) return value;
    const keepsPath = this.#log !== undefined && !this.#warned.has(fields);
    const picking = new Picking(keepsPath, conversion !== undefined);
    const picked = picking.pick(value, "", [takeSync(fields(), "The knownFields function")]);
    if (picking.leftOut !== undefined) {
      this.#warned.add(fields);
      this.#log?.warn({ ...of, field: picking.leftOut }, leftOut);
    }
    return picked;
  }
}

const leftOut = "a field was not sent: the schema does not name it, and replyFields is known";

class Picking {
  leftOut: string | undefined;
  readonly #keepsPath: boolean;
  readonly #keepsBytes: boolean;
  readonly #path: string[] = [];

  constructor(keepsPath: boolean, keepsBytes: boolean) {
    this.#keepsPath = keepsPath;
    this.#keepsBytes = keepsBytes;
  }

  pick(value: unknown, key: string, fields: readonly KnownFields[]): unknown {
    if (fields.every(isSilent)) return value;
    const sent = toSent(value, key);
    if (typeof sent !== "object" || sent === null || ArrayBuffer.isView(sent)) return sent;
    const applied = findApplied(fields, sent, this.#keepsBytes);
    return Array.isArray(sent) ? this.#items(sent, applied) : this.#properties(sent, applied);
  }

  #items(items: readonly unknown[], applied: readonly KnownFields[]): unknown {
    if (!applied.some(({ first, items: others }) => first !== undefined || others !== undefined))
      return items;
    return Array.from(items, (item, index) => {
      const fields = applied.flatMap((each) => each.first?.[index] ?? each.items ?? []);
      return this.#part(item, String(index), fields);
    });
  }

  #properties(object: object, applied: readonly KnownFields[]): unknown {
    if (!applied.some((each) => each.properties ?? each.patterns ?? each.others)) return object;
    const picked: Record<string, unknown> = {};
    for (const name of Object.keys(object)) {
      const fields = applied.flatMap((each) => findFields(name, each));
      if (fields.length === 0) {
        this.#leaveOut(name);
        continue;
      }
      const value = this.#part((object as Record<string, unknown>)[name], name, fields);
      if (name === "__proto__") Object.defineProperty(picked, name, { value, enumerable: true });
      else picked[name] = value;
    }
    return picked;
  }

  #part(value: unknown, name: string, fields: readonly KnownFields[]): unknown {
    if (!this.#keepsPath) return this.pick(value, name, fields);
    this.#path.push(name);
    const picked = this.pick(value, name, fields);
    this.#path.pop();
    return picked;
  }

  #leaveOut(name: string): void {
    if (!this.#keepsPath || this.leftOut !== undefined) return;
    this.leftOut = [...this.#path, name].map((key) => `/${pointerToken(key)}`).join("");
  }
}

const isSilent = (fields: KnownFields): boolean => {
  for (const _ in fields) return false;
  return true;
};

/** All rules that apply to a value. */
function findApplied(
  fields: readonly KnownFields[],
  value: object,
  keepsBytes: boolean,
): readonly KnownFields[] {
  const found = new Set<KnownFields>();
  let json: { readonly value: unknown } | undefined;
  const add = (each: KnownFields): void => {
    if (found.has(each)) return;
    found.add(each);
    if (each.ref !== undefined) add(each.ref());
    each.all?.forEach(add);
    for (const group of each.choices ?? []) {
      json ??= { value: toJsonValue(value, keepsBytes) };
      const fitting = group.filter(({ fits }) => fits(json?.value));
      for (const choice of fitting.length > 0 ? fitting : group) add(choice.fields);
    }
  };
  fields.forEach(add);
  return [...found];
}

/** The rules of a property; empty if it is not known. */
function findFields(name: string, { properties, required, patterns, others }: KnownFields): KnownFields[] {
  const found: KnownFields[] = [];
  const own = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (own !== undefined) found.push(own);
  for (const [pattern, fields] of patterns ?? []) if (pattern.test(name)) found.push(fields);
  if (found.length === 0 && others !== undefined) found.push(others);
  if (found.length === 0 && required?.includes(name) === true) found.push({});
  return found;
}
