import { useEffect } from "preact/hooks";
import { token } from "./api.ts";
import { formatBytes, formatDuration, formatNumber } from "./format.ts";
import { follow, link, report } from "./live.ts";
import { linkTo, route } from "./route.ts";
import { ConnectionView } from "./views/connection.tsx";
import { Connections } from "./views/connections.tsx";
import { Deploy } from "./views/deploy.tsx";
import { Overview } from "./views/overview.tsx";
import { TokenForm } from "./views/token-form.tsx";
import { TryIt } from "./views/try-it.tsx";

const views = [
  { name: "overview", title: "Overview", show: () => <Overview /> },
  {
    name: "connections",
    title: "Connections",
    show: (id: string) => (id === "" ? <Connections /> : <ConnectionView key={id} id={id} />),
  },
  { name: "try", title: "Try it", show: (flag: string) => <TryIt flag={flag} /> },
  { name: "deploy", title: "Deploy", show: () => <Deploy /> },
];

export function Page() {
  // A new token starts the reading again.
  useEffect(() => {
    const controller = new AbortController();
    void follow(controller.signal);
    return () => controller.abort();
  }, [token.value]);
  const { view, argument } = route.value;
  const current = views.find(({ name }) => name === view) ?? views[0];
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <h1>wsgen inspector</h1>
        <nav aria-label="Views">
          {views.map(({ name, title }) => (
            <a key={name} href={linkTo(name)} aria-current={current?.name === name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <Status />
      </header>
      <main id="main" tabIndex={-1}>
        {link.value.state === "locked" ? <TokenForm /> : current?.show(argument)}
      </main>
    </>
  );
}

const linkTexts = {
  connecting: "connecting",
  lost: "no connection to the server; trying again",
  locked: "locked",
} as const;

function Status() {
  const { state } = link.value;
  if (state !== "live" || report.value === undefined) {
    return (
      <p class="status" role="status">
        <span class={`pill ${state === "lost" ? "bad" : ""}`}>
          {linkTexts[state as keyof typeof linkTexts] ?? state}
        </span>
      </p>
    );
  }
  const { process, state: serverState } = report.value;
  return (
    <p class="status">
      <span class={`pill ${serverState === "ready" ? "good" : "bad"}`} role="status">
        {serverState.replace("_", " ")}
      </span>
      <span>pid {process.pid}</span>
      <span>up {formatDuration(process.uptimeMs)}</span>
      <span>heap {formatBytes(process.heapBytes)}</span>
      <span>CPU {formatNumber(process.cpuShare * 100)} %</span>
      <span>loop {formatDuration(process.loopDelayMs.p99)}</span>
    </p>
  );
}
