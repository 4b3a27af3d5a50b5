import { Inspector } from "../inspector/inspector.js";
import { type AuditLog, auditOperation } from "./admin-audit.js";
import { clusterOperations } from "./admin-cluster.js";
import { connectionOperations } from "./admin-connections.js";
import { drainOperations } from "./admin-drain.js";
import { groupOperations } from "./admin-groups.js";
import { logLevelOperations } from "./admin-log-level.js";
import { moduleOperation } from "./admin-modules.js";
import { createDocument } from "./admin-openapi.js";
import { defineOperation, type Operation } from "./admin-operation.js";
import { pushOperation } from "./admin-push.js";
import { anything } from "./admin-shape.js";
import { inspectorOperations } from "./inspector-operations.js";
import type { ServerState } from "./operations-server.js";

/**
 * All operations of the admin API: the one list that is served, checked and documented.
 * @param docsFile the page of `wsgen docs`, for the inspector
 */
export function createOperations(
  state: ServerState,
  audit: AuditLog,
  docsFile?: string | undefined,
): readonly Operation[] {
  const inspector = new Inspector(state);
  const operations: Operation[] = [
    moduleOperation(state),
    ...connectionOperations(state, inspector),
    ...groupOperations(state),
    ...clusterOperations(state),
    pushOperation(state),
    ...logLevelOperations(state),
    ...drainOperations(state),
    auditOperation(audit),
    ...inspectorOperations(state, inspector, docsFile),
  ];
  operations.push(
    defineOperation({
      ...{ id: "showDocument", method: "get", path: "/openapi.json", right: "read" },
      summary: "This document.",
      answer: anything("An OpenAPI document."),
      run: () => createDocument(operations),
    }),
  );
  return operations;
}
