import { useId } from "preact/hooks";

/** The part of a JSON Schema that a form can show. Anything else is typed as JSON. */
export interface FieldSchema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

/** The shared schemas of a contract, by name. */
export type SharedSchemas = Readonly<Record<string, FieldSchema>>;

/** The schema that a schema refers to; itself without a reference to a shared one. */
export function resolveSchema(
  schema: FieldSchema | undefined,
  shared: SharedSchemas,
): FieldSchema | undefined {
  // A JSON Pointer (RFC 6901).
  const token = /^#\/schemas\/([^/]+)$/.exec(schema?.$ref ?? "")?.[1];
  const name = token?.replaceAll("~1", "/").replaceAll("~0", "~");
  return name !== undefined && Object.hasOwn(shared, name) ? { ...shared[name], ...schema } : schema;
}

interface FormProps {
  readonly shared: SharedSchemas;
  readonly schema: FieldSchema;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
}

/** A control for each field of a request. A field that is left empty is not sent. */
export function SchemaForm({
  schema: { properties = {}, required = [] },
  shared,
  value,
  onChange,
}: FormProps) {
  // Several forms may have a field of the same name.
  const form = useId();
  const change = (name: string, next: unknown) => {
    const { [name]: _before, ...others } = value;
    onChange(next === undefined ? others : { ...others, [name]: next });
  };
  return (
    <div class="fields">
      {Object.entries(properties).map(([name, given]) => {
        const schema = resolveSchema(given, shared) ?? given;
        return (
          <label key={name} htmlFor={`${form}-${name}`}>
            <span>
              {name}
              {required.includes(name) && <abbr title="required">*</abbr>}{" "}
              {schema.description !== undefined && <span class="quiet">{schema.description}</span>}
            </span>
            <Field
              id={`${form}-${name}`}
              schema={schema}
              value={value[name]}
              onChange={(next) => change(name, next)}
            />
          </label>
        );
      })}
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly schema: FieldSchema;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function Field({ id, schema, value, onChange }: FieldProps) {
  if (schema.enum !== undefined) {
    const choices = schema.enum.map((choice) => JSON.stringify(choice));
    return (
      <select
        id={id}
        value={value === undefined ? "" : JSON.stringify(value)}
        onChange={({ currentTarget: { value: text } }) =>
          onChange(text === "" ? undefined : JSON.parse(text))
        }
      >
        <option value="" />
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  if (schema.type === "boolean") {
    return (
      <input
        id={id}
        type="checkbox"
        checked={value === true}
        onChange={({ currentTarget: { checked } }) => onChange(checked)}
      />
    );
  }
  if (schema.type === "integer" || schema.type === "number") {
    return (
      <input
        id={id}
        type="number"
        step={schema.type === "integer" ? 1 : "any"}
        min={schema.minimum}
        max={schema.maximum}
        value={typeof value === "number" ? value : ""}
        onInput={({ currentTarget: { valueAsNumber: number } }) =>
          onChange(Number.isNaN(number) ? undefined : number)
        }
      />
    );
  }
  if (schema.type === "string") {
    return (
      <input
        id={id}
        value={typeof value === "string" ? value : ""}
        onInput={({ currentTarget: { value: text } }) => onChange(text === "" ? undefined : text)}
      />
    );
  }
  return (
    <textarea
      id={id}
      rows={2}
      placeholder="JSON"
      onChange={({ currentTarget }) => onChange(readJson(currentTarget))}
      defaultValue={value === undefined ? "" : JSON.stringify(value)}
    />
  );
}

/** Shows an error at the field if the text is not JSON. */
function readJson(field: HTMLTextAreaElement): unknown {
  field.setCustomValidity("");
  if (field.value.trim() === "") return undefined;
  try {
    return JSON.parse(field.value);
  } catch {
    field.setCustomValidity("This is not valid JSON.");
    field.reportValidity();
    return undefined;
  }
}
