import { useEffect, useState } from "preact/hooks";
import type { Reason, Suspect } from "../../src/inspector/report.ts";
import { callApi, textOf } from "../api.ts";
import { formatDuration } from "../format.ts";
import { report } from "../live.ts";
import { linkTo } from "../route.ts";

const reasonTitles: Readonly<Record<Reason["kind"], string>> = {
  not_reading: "does not read",
  flooding: "floods",
  slow_command: "slow command",
  broken_contract: "breaks the contract",
  failing: "fails",
  silent: "is silent",
};

/** The connections that stand out, each with its reasons. */
export function SuspectList({ suspects }: { readonly suspects: readonly Suspect[] }) {
  return (
    <ul class="plain suspects">
      {suspects.map(({ id, module, remoteAddress, sinceMs, reasons }) => (
        <li key={id}>
          <a href={linkTo("connections", id)}>
            <code>{id.slice(0, 8)}</code>
          </a>{" "}
          <span class="quiet">
            {module} · {remoteAddress} · for {formatDuration(sinceMs)}
          </span>
          <ul class="plain">
            {reasons.map(({ kind, text }) => (
              <li key={kind}>
                <span class="pill bad">{reasonTitles[kind]}</span> {text}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** The members of a connection of the admin API that the page shows. */
export interface ListedConnection {
  readonly id: string;
  readonly module: string;
  readonly route: string;
  readonly remoteAddress: string;
  readonly connectedAt: string;
  readonly rooms: readonly string[];
  readonly tags: readonly string[];
}

interface Page {
  readonly connections: readonly ListedConnection[];
  readonly next?: string;
}

const filterNames = ["room", "tag", "address"] as const;

/** Who is slow, and why; and everybody else, by pages. */
export function Connections() {
  const suspects = report.value?.suspects ?? [];
  return (
    <>
      <section class="card" aria-labelledby="suspects">
        <h2 id="suspects">Needs attention</h2>
        {suspects.length === 0 ? <p>Nobody stands out.</p> : <SuspectList suspects={suspects} />}
        {(report.value?.unseen ?? 0) > 0 && (
          <p class="quiet">{report.value?.unseen} connections were not looked at in the last second.</p>
        )}
      </section>
      <ConnectionList />
    </>
  );
}

function ConnectionList() {
  const flags = report.value?.modules.map(({ flag }) => flag) ?? [];
  const [query, setQuery] = useState<Readonly<Record<string, string>>>({});
  const [page, setPage] = useState<Page>({ connections: [] });
  const [error, setError] = useState("");
  const load = async (cursor?: string) => {
    const given = Object.entries(query).filter(([, value]) => value !== "");
    const parameters = new URLSearchParams([
      ...given,
      ["limit", "50"],
      ...(cursor ? [["cursor", cursor]] : []),
    ]);
    try {
      const next = (await callApi("GET", `connections?${parameters}`)) as Page;
      setPage(
        cursor === undefined ? next : { ...next, connections: [...page.connections, ...next.connections] },
      );
      setError("");
    } catch (cause) {
      setError(textOf(cause));
    }
  };
  useEffect(() => void load(), [query]);
  const change = (name: string) => (event: Event) =>
    setQuery({ ...query, [name]: (event.currentTarget as HTMLInputElement).value });
  return (
    <section class="card" aria-labelledby="all">
      <h2 id="all">Open connections</h2>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <label>
          module
          <select onChange={change("module")}>
            <option value="">all</option>
            {flags.map((flag) => (
              <option key={flag}>{flag}</option>
            ))}
          </select>
        </label>
        {filterNames.map((name) => (
          <label key={name}>
            {name}
            <input onChange={change(name)} />
          </label>
        ))}
        <button type="button" onClick={() => void load()}>
          Refresh
        </button>
      </form>
      {error !== "" && <p role="alert">{error}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">Connection</th>
            <th scope="col">Module</th>
            <th scope="col">Route</th>
            <th scope="col">Address</th>
            <th scope="col">Since</th>
            <th scope="col">Rooms and tags</th>
          </tr>
        </thead>
        <tbody>
          {page.connections.map(({ id, module, route, remoteAddress, connectedAt, rooms, tags }) => (
            <tr key={id}>
              <th scope="row">
                <a href={linkTo("connections", id)}>
                  <code>{id.slice(0, 8)}</code>
                </a>
              </th>
              <td>{module}</td>
              <td>
                <code>{route}</code>
              </td>
              <td>{remoteAddress}</td>
              <td>{new Date(connectedAt).toLocaleTimeString("en-GB")}</td>
              <td>{[...rooms, ...tags].join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {page.connections.length === 0 && error === "" && <p>No connection matches.</p>}
      {page.next !== undefined && (
        <button type="button" onClick={() => void load(page.next)}>
          More
        </button>
      )}
    </section>
  );
}
