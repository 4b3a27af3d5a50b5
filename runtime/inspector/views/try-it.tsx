import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ModuleReport } from "../../src/inspector/report.ts";
import { callApi } from "../api.ts";
import { formatTime, indentJson } from "../format.ts";
import { report } from "../live.ts";
import { toFrame, toMessage, toText } from "../message.ts";
import { type FieldSchema, resolveSchema, SchemaForm, type SharedSchemas } from "../schema-form.tsx";

/** What `GET /inspector/contract` tells about the commands of a module. */
interface ModuleContract {
  readonly schemas?: SharedSchemas;
  readonly commands: Readonly<
    Record<string, { readonly request?: FieldSchema; readonly examples?: readonly object[] }>
  >;
}

interface Contract {
  readonly modules: Readonly<Record<string, ModuleContract>>;
  /** Whether this server has the page of `wsgen docs`. */
  readonly hasDocs: boolean;
}

/** Connections to a module, side by side, with a form for each command. */
export function TryIt({ flag }: { readonly flag: string }) {
  const modules = report.value?.modules ?? [];
  const [panels, setPanels] = useState<readonly { readonly key: number; readonly flag: string }[]>([
    { key: 1, flag },
  ]);
  const [{ modules: contract, hasDocs }, setContract] = useState<Contract>({ modules: {}, hasDocs: false });
  useEffect(() => {
    // Without a contract, requests are typed as JSON.
    callApi("GET", "inspector/contract").then(
      (answer) => setContract(answer as Contract),
      () => undefined,
    );
  }, []);
  if (modules.length === 0) return <p class="card">Waiting for the first report…</p>;
  return (
    <>
      <div class="row">
        <h2>Try it</h2>
        <button
          type="button"
          onClick={() =>
            setPanels([...panels, { key: (panels.at(-1)?.key ?? 0) + 1, flag: panels.at(-1)?.flag ?? flag }])
          }
        >
          Add a connection
        </button>
        {hasDocs && <a href="docs/">Documentation of the contract</a>}
      </div>
      <div class="panels">
        {panels.map(({ key, flag: chosen }) => (
          <Panel
            key={key}
            number={key}
            modules={modules}
            initialFlag={chosen}
            contract={contract}
            onRemove={() => setPanels(panels.filter((panel) => panel.key !== key))}
          />
        ))}
      </div>
    </>
  );
}

interface Entry {
  readonly key: number;
  readonly at: number;
  readonly kind: "sent" | "received" | "note";
  readonly text: string;
}

const maxEntries = 200;

interface PanelProps {
  readonly number: number;
  readonly modules: readonly ModuleReport[];
  readonly initialFlag: string;
  readonly contract: Readonly<Record<string, ModuleContract>>;
  readonly onRemove: () => void;
}

function Panel({ number, modules, initialFlag, contract, onRemove }: PanelProps) {
  const [flag, setFlag] = useState(initialFlag);
  const module = modules.find((each) => each.flag === flag) ?? modules[0];
  const [path, setPath] = useState<string>();
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [isOpen, setOpen] = useState(false);
  const socket = useRef<WebSocket>();
  const lastId = useRef(0);
  useEffect(() => () => socket.current?.close(), []);
  const address = useMemo(
    () => (module === undefined ? "" : `${getOrigin(module)}${path ?? getFirstPath(module)}`),
    [module?.flag, module?.port, path],
  );
  if (module === undefined) return null;
  const note = (kind: Entry["kind"], text: string) =>
    setEntries((before) =>
      [{ key: (before[0]?.key ?? 0) + 1, at: Date.now(), kind, text }, ...before].slice(0, maxEntries),
    );
  const connect = () => {
    socket.current?.close();
    let ws: WebSocket;
    try {
      ws = new WebSocket(address);
    } catch (error) {
      note("note", String(error));
      return;
    }
    socket.current = ws;
    ws.binaryType = "arraybuffer";
    ws.onopen = () => {
      setOpen(true);
      note("note", "open");
    };
    ws.onmessage = ({ data }) => note("received", toText(module.wire, data));
    ws.onclose = ({ code, reason }) => {
      if (socket.current === ws) setOpen(false);
      note(
        "note",
        `closed: ${code} ${reason || (code === 1006 ? "(refused or broken off; the log of the server says why)" : "")}`,
      );
    };
  };
  const send = (command: string, fields: object) => {
    lastId.current += 1;
    const message = toMessage(module.wire, { command, fields, id: lastId.current });
    socket.current?.send(toFrame(module.wire, message));
    note("sent", JSON.stringify(message));
  };
  return (
    <section class="card panel" aria-label={`Connection ${number}`}>
      <div class="row">
        <label>
          module
          <select
            value={module.flag}
            onChange={({ currentTarget }) => {
              setFlag(currentTarget.value);
              setPath(undefined);
            }}
          >
            {modules.map((each) => (
              <option key={each.flag}>{each.flag}</option>
            ))}
          </select>
        </label>
        <label class="wide">
          path and query
          <input
            value={path ?? getFirstPath(module)}
            onChange={({ currentTarget }) => setPath(currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => (isOpen ? socket.current?.close() : connect())}>
          {isOpen ? "Disconnect" : "Connect"}
        </button>
        <button type="button" aria-label={`Remove connection ${number}`} onClick={onRemove}>
          ×
        </button>
      </div>
      <CommandForm
        module={module}
        contract={contract[module.flag]}
        address={address}
        isOpen={isOpen}
        onSend={send}
      />
      <ol class="plain log" aria-label="Messages" aria-live="polite">
        {entries.map(({ key, at, kind, text }) => (
          <li key={key} class={kind}>
            <span class="time">{formatTime(at)}</span> <span class="pill">{kind}</span>
            <pre>{kind === "note" ? text : indentJson(text)}</pre>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The page and the modules are reached by the same host name. */
function getOrigin({ port, isSecure }: ModuleReport): string {
  return `${isSecure || location.protocol === "https:" ? "wss" : "ws"}://${location.hostname}:${port}`;
}

const getFirstPath = ({ routes }: ModuleReport): string => routes[0] ?? "/";

interface CommandFormProps {
  readonly module: ModuleReport;
  readonly contract: ModuleContract | undefined;
  readonly address: string;
  readonly isOpen: boolean;
  readonly onSend: (command: string, fields: object) => void;
}

function CommandForm({ module, contract, address, isOpen, onSend }: CommandFormProps) {
  const [chosen, setCommand] = useState<string>();
  const command = module.commands.some(({ name }) => name === chosen) ? chosen : module.commands[0]?.name;
  const [drafts, setDrafts] = useState<Readonly<Record<string, Readonly<Record<string, unknown>>>>>({});
  const [copied, setCopied] = useState("");
  if (command === undefined && module.wire.form !== "other") return <p>This module has no commands.</p>;
  if (command === undefined || module.wire.form === "other")
    return <MessageForm isOpen={isOpen} onSend={(message) => onSend("", message)} />;
  const known = contract?.commands[command];
  const schema = resolveSchema(known?.request, contract?.schemas ?? {});
  const fields =
    drafts[command] ?? (known?.examples?.[0] as Readonly<Record<string, unknown>> | undefined) ?? {};
  const change = (next: Readonly<Record<string, unknown>>) => setDrafts({ ...drafts, [command]: next });
  const copy = (title: string, text: string) =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(`Copied as ${title}.`),
      () => setCopied("The browser does not allow copying."),
    );
  const frame = JSON.stringify(toMessage(module.wire, { command, fields, id: 1 }));
  return (
    <form
      class="command"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(command, fields);
      }}
    >
      <label>
        command
        <select value={command} onChange={({ currentTarget }) => setCommand(currentTarget.value)}>
          {module.commands.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {schema?.properties === undefined ? (
        <JsonFields key={command} value={fields} onChange={change} />
      ) : (
        <SchemaForm
          key={command}
          schema={schema}
          shared={contract?.schemas ?? {}}
          value={fields}
          onChange={change}
        />
      )}
      <div class="row">
        <button type="submit" disabled={!isOpen}>
          Send
        </button>
        {module.wire.codec === "json" && (
          <button
            type="button"
            onClick={() => copy("wscat", `wscat -c ${quote(address)} -x ${quote(frame)}`)}
          >
            Copy as wscat
          </button>
        )}
        <button
          type="button"
          onClick={() => copy("TypeScript", toClientCode(module.flag, { address, command, fields }))}
        >
          Copy as TypeScript
        </button>
        <span role="status" class="quiet">
          {copied}
        </span>
      </div>
    </form>
  );
}

interface MessageFormProps {
  readonly isOpen: boolean;
  readonly onSend: (message: object) => void;
}

/** For a module whose messages have a form that only its code knows. */
function MessageForm({ isOpen, onSend }: MessageFormProps) {
  const [message, setMessage] = useState<Readonly<Record<string, unknown>>>({});
  return (
    <form
      class="command"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(message);
      }}
    >
      <p class="quiet">This module has an envelope of its own. Write a whole message.</p>
      <JsonFields value={message} onChange={setMessage} />
      <button type="submit" disabled={!isOpen}>
        Send
      </button>
    </form>
  );
}

interface JsonFieldsProps {
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
}

function JsonFields({ value, onChange }: JsonFieldsProps) {
  const [error, setError] = useState("");
  const read = (text: string) => {
    try {
      const fields: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
      if (typeof fields !== "object" || fields === null || Array.isArray(fields))
        throw new Error("not an object");
      setError("");
      onChange(fields as Readonly<Record<string, unknown>>);
    } catch {
      setError("The fields must be a JSON object.");
    }
  };
  return (
    <label>
      fields, as JSON
      <textarea
        rows={4}
        spellcheck={false}
        defaultValue={JSON.stringify(value)}
        onInput={({ currentTarget }) => read(currentTarget.value)}
      />
      {error !== "" && <span role="alert">{error}</span>}
    </label>
  );
}

/** One argument of a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same request with the generated client of the module. */
function toClientCode(
  flag: string,
  { address, command, fields }: { address: string; command: string; fields: object },
): string {
  const name = flag.replace(/[^A-Za-z0-9_$]+(.)?/g, (_match, next: string | undefined) =>
    (next ?? "").toUpperCase(),
  );
  const create = `create${name.charAt(0).toUpperCase()}${name.slice(1)}Client`;
  return [
    `import { ${create} } from "./client/${flag}.client.gen.js";`,
    "",
    `const client = ${create}(${JSON.stringify(address)});`,
    `console.log(await client.request(${JSON.stringify(command)}, ${JSON.stringify(fields)}));`,
    "",
  ].join("\n");
}
