import { relative, resolve, sep } from "node:path";
import { hasErrors } from "../diagnostics/diagnostic.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import type { Model } from "../model/model.js";
import { readModel } from "../read-model.js";
import { writeAlertRules } from "../render/monitoring/alert-rules.js";
import { writeDashboard } from "../render/monitoring/grafana-dashboard.js";
import { hasMetricsPage } from "../render/project-views.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { type CommandResult, refuse } from "../run/result.js";
import { compareFiles, reportStale } from "./docs.js";

const writers = { dashboard: writeDashboard, alerts: writeAlertRules } as const;

/** The options of `wsgen monitoring`. */
interface MonitoringOptions {
  readonly what: keyof typeof writers;
  /** The file to compare, relative to the project's folder; undefined: print. */
  readonly check?: string | undefined;
}

/**
 * `wsgen monitoring`: prints a dashboard for Grafana, or alert rules for Prometheus, made from the spec. With `check`, it
 * compares a file that was printed before; a file that differs is an error.
 */
export async function monitoringCommand(
  { what, check }: MonitoringOptions,
  options: GlobalOptions,
): Promise<CommandResult> {
  const read = await readSpecFile(options.cwd, getSpecPath(options));
  if (read.value === undefined) return refuse("monitoring", read.diagnostics);
  const { value: model, diagnostics } = readModel(read.value);
  if (model === undefined || hasErrors(diagnostics)) return refuse("monitoring", diagnostics);
  const text = writers[what](model);
  if (check !== undefined) {
    const path = relative(options.cwd, resolve(options.cwd, check)).split(sep).join("/");
    const changes = compareFiles(options, new Map([[path, text]]));
    const stale = changes.flatMap(reportStale(`npx wsgen monitoring ${what} > ${path}`));
    return refuse("monitoring", [...diagnostics, ...stale], changes);
  }
  const answer = { text, json: { what, text }, ...describeMissing(model) };
  return { command: "monitoring", changes: [], diagnostics, written: false, next: [], answer };
}

const describeMissing = (model: Model): { readonly notes?: string } =>
  hasMetricsPage(model)
    ? {}
    : {
        notes:
          "No module has a page for Prometheus. Add to the config of one: `metrics: { prometheus: { port: 9464 } }`.\n",
      };
