/**
 * `wsgen-runtime/inspector`: `node --import wsgen-runtime/inspector server.js` serves the inspector on loopback, if a module is
 * in debug mode. In product mode it does nothing: there, the admin API serves the inspector, behind its token.
 */
import { inspectorRequest } from "./operations/operations-server.js";

inspectorRequest.isMade = true;
