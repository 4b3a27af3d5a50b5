import type { Meter } from "@opentelemetry/api";
import type { MetricsConfig } from "../../config/module-types.js";
import type { ModuleRuntime } from "../../connection/module-runtime.js";
import type { Observers } from "../../connection/observers.js";
import { reasonOf, StartError, titleOf } from "../../errors.js";
import { importPackage, scope } from "../import-package.js";
import { type LoggedModule, takeShared } from "../open-operations.js";
import type { OperationsServer } from "../operations-server.js";
import type { InstrumentFactory } from "./instruments.js";

/** The metrics that the modules enable: one set for all of them. */
export interface MetricsPlan extends MetricsConfig {
  /** The first module that enables them. */
  readonly owner: LoggedModule;
}

/** @throws StartError if two modules set different values */
export function planMetrics(modules: readonly LoggedModule[]): MetricsPlan | undefined {
  const plans = modules.flatMap((owner) => {
    const { metrics } = owner.config;
    return metrics === undefined ? [] : [{ owner, ...metrics }];
  });
  return takeShared(plans, { option: "metrics", shared: "the metrics" });
}

/**
 * Begins to measure, and opens the page for Prometheus if it is wanted. What is opened is added to `opened`; the caller
 * closes it.
 * @throws ConfigurationError `missing_package`; StartError that names the address, the module and the reason
 */
export async function openMetrics(
  plan: MetricsPlan | undefined,
  { modules, observers }: { readonly modules: readonly ModuleRuntime[]; readonly observers: Observers },
  opened: OperationsServer[],
): Promise<void> {
  if (plan === undefined) return;
  const { owner, prometheus } = plan;
  const log = owner.logger.logger;
  const title = titleOf(owner.flag);
  // Loaded here, so that programs without metrics start faster and need no package.
  const { ObservedInstruments } = await import("./instruments.js");
  const { observeMessages } = await import("./message-metrics.js");
  const { observeModules, observeProcess } = await import("./state-metrics.js");
  const begin = (factory: InstrumentFactory): void => {
    const instruments = new ObservedInstruments(factory.meter, log);
    const stop: (() => void)[] = [() => instruments.remove()];
    // Added first, so that it is released even if an instrument cannot be created.
    opened.push({
      async close() {
        for (const each of stop) each();
      },
    });
    observeModules(instruments, modules);
    stop.push(observers.add(observeMessages(factory, instruments, modules)));
    stop.push(observeProcess(instruments));
  };
  if (prometheus === undefined) {
    begin(await useGlobalProvider(title, (message) => log.warn({}, message)));
    return;
  }
  const { createPage } = await import("./prometheus-page.js");
  const { startMetricsServer } = await import("./metrics-server.js");
  const page = await createPage(title, scope, log);
  begin(page);
  try {
    opened.push(await startMetricsServer(prometheus, { log, write: page.write }));
  } catch (cause) {
    const where = `${prometheus.host}:${prometheus.port}`;
    const message = `${title}: cannot serve the metrics on ${where}: ${reasonOf(cause)}.`;
    throw new StartError("listen_failed", message, { cause });
  }
}

async function useGlobalProvider(title: string, warn: (message: string) => void): Promise<InstrumentFactory> {
  const { metrics, createNoopMeter } = await importPackage(() => import("@opentelemetry/api"), {
    title,
    option: "metrics",
    install: "@opentelemetry/api",
  });
  const meter: Meter = metrics.getMeter(scope.name, scope.version);
  if (meter === createNoopMeter())
    warn(
      "metrics: no MeterProvider is registered, so nothing is measured; register one before the modules start",
    );
  return {
    meter,
    createDuration: ({ name, ...data }, boundaries) =>
      meter.createHistogram(name, { ...data, advice: { explicitBucketBoundaries: [...boundaries] } }),
  };
}
