import { hasErrors } from "../diagnostics/diagnostic.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import type { Model } from "../model/model.js";
import { readModel } from "../read-model.js";
import { writeAlertRules } from "../render/monitoring/alert-rules.js";
import { writeDashboard } from "../render/monitoring/grafana-dashboard.js";
import { hasMetricsPage } from "../render/project-views.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { type CommandResult, refuse } from "../run/result.js";

const writers = { dashboard: writeDashboard, alerts: writeAlertRules } as const;

/** `wsgen monitoring`: prints a dashboard for Grafana, or alert rules for Prometheus, made from the spec. */
export async function monitoringCommand(
  what: keyof typeof writers,
  options: GlobalOptions,
): Promise<CommandResult> {
  const read = await readSpecFile(options.cwd, getSpecPath(options));
  if (read.value === undefined) return refuse("monitoring", read.diagnostics);
  const { value: model, diagnostics } = readModel(read.value);
  if (model === undefined || hasErrors(diagnostics)) return refuse("monitoring", diagnostics);
  const text = writers[what](model);
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
