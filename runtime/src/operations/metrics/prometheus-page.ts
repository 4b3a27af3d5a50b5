import type { Logger } from "../../contract.js";
import { importPackage } from "../import-package.js";
import { HistogramProducer } from "./histogram.js";
import type { InstrumentFactory } from "./instruments.js";
import { reportErrors } from "./metrics-server.js";

/** Instruments of an SDK of our own, and the page that shows them. */
export interface PrometheusPage extends InstrumentFactory {
  /** Collects the metrics. @returns the page */
  readonly write: () => Promise<string>;
}

/** The 3.x line needs Node 22.15. */
const packages = "@opentelemetry/api @opentelemetry/sdk-metrics@2 @opentelemetry/exporter-prometheus@0.223";

/** @throws ConfigurationError `missing_package` */
export async function createPage(
  title: string,
  scope: { readonly name: string; readonly version: string },
  log: Logger,
): Promise<PrometheusPage> {
  const needed = { title, option: "metrics", install: packages };
  const sdk = await importPackage(() => import("@opentelemetry/sdk-metrics"), needed);
  const { PrometheusExporter, PrometheusSerializer } = await importPackage(
    () => import("@opentelemetry/exporter-prometheus"),
    needed,
  );
  const histograms = new HistogramProducer(sdk, scope);
  // Only its reader is used: its server has neither a Host check nor an answer for other methods.
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [histograms] });
  const serializer = new PrometheusSerializer();
  const meter = new sdk.MeterProvider({ readers: [reader] }).getMeter(scope.name, scope.version);
  return {
    meter,
    createDuration: (data, boundaries) => histograms.create(data, boundaries),
    async write() {
      const { resourceMetrics, errors } = await reader.collect();
      reportErrors(errors, log);
      return serializer.serialize(resourceMetrics);
    },
  };
}
