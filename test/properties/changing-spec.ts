import fc from "fast-check";

/** A spec as data; it is written as YAML. */
export interface SpecData {
  readonly wsgen: 1;
  readonly name: string;
  readonly modules: Readonly<Record<string, ModuleData>>;
}

interface ModuleData {
  readonly description?: string;
  readonly flag?: string;
  readonly port: number;
  readonly urls: readonly string[];
  readonly commands: Readonly<Record<string, object>>;
  readonly events: Readonly<Record<string, object>>;
}

const moduleNames = ["chat", "send-all", "get_item", "room", "stat"];
const names = [...moduleNames, "user.login", "feed:read"];

const text = fc.constantFrom("Rooms.", 'It\'s "quoted", and */ too.', "Ünï → 你好");

const schema = fc.constantFrom(
  { type: "object", required: ["text"], properties: { text: { type: "string" } } },
  { type: "object", properties: { count: { type: "integer", minimum: 0 } }, additionalProperties: false },
);

const command = fc.record({ description: text, request: schema, reply: schema }, { requiredKeys: [] });
const event = fc.record({ description: text, data: schema }, { requiredKeys: [] });

const some = <T>(value: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<Record<string, T>> =>
  fc
    .uniqueArray(fc.constantFrom(...names), { maxLength })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, value]))));

const urls = fc.constantFrom(["ws"], ["ws", "rooms/:room"], ["files/*path"], ["a", "b", "c"]);

const module = fc.record(
  {
    description: text,
    port: fc.constantFrom(10_099, 10_100),
    urls,
    commands: some(command, 4),
    events: some(event, 2),
  },
  { requiredKeys: ["port", "urls", "commands", "events"] },
);

export const anySpec: fc.Arbitrary<SpecData> = fc
  .uniqueArray(fc.constantFrom(...moduleNames), { minLength: 1, maxLength: 3 })
  .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, module]))))
  .map((modules) => ({ wsgen: 1, name: "random", modules }));

/** A change of a spec; one that does not fit leaves it as it is. */
export interface SpecChange {
  readonly removes: boolean;
  apply(spec: SpecData): SpecData;
}

const grow = (apply: SpecChange["apply"]): SpecChange => ({ removes: false, apply });

const inModule =
  (pick: number, change: (module: ModuleData) => ModuleData) =>
  (spec: SpecData): SpecData => {
    const keys = Object.keys(spec.modules);
    const key = keys[pick % keys.length]!;
    return { ...spec, modules: { ...spec.modules, [key]: change(spec.modules[key]!) } };
  };

const without = <T>(entries: Readonly<Record<string, T>>, pick: number): Record<string, T> => {
  const keys = Object.keys(entries);
  return Object.fromEntries(Object.entries(entries).filter(([key]) => key !== keys[pick % keys.length]));
};

const pick = fc.nat(5);

export const specChange: fc.Arbitrary<SpecChange> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...moduleNames), module)
    .map(([name, added]) => grow((spec) => ({ ...spec, modules: { [name]: added, ...spec.modules } }))),
  fc
    .tuple(pick, fc.constantFrom(...names), command)
    .map(([at, name, added]) =>
      grow(inModule(at, (module) => ({ ...module, commands: { ...module.commands, [name]: added } }))),
    ),
  fc
    .tuple(pick, fc.constantFrom(...names), event)
    .map(([at, name, added]) =>
      grow(inModule(at, (module) => ({ ...module, events: { [name]: added, ...module.events } }))),
    ),
  fc
    .tuple(pick, fc.integer({ min: 1, max: 65_535 }))
    .map(([at, port]) => grow(inModule(at, (module) => ({ ...module, port })))),
  fc.tuple(pick, urls).map(([at, changed]) => grow(inModule(at, (module) => ({ ...module, urls: changed })))),
  fc
    .tuple(pick, text)
    .map(([at, description]) => grow(inModule(at, (module) => ({ ...module, description })))),
  fc.tuple(pick, pick).map(([at, which]) => ({
    removes: true,
    apply: inModule(at, (module) => ({ ...module, commands: without(module.commands, which) })),
  })),
);
