// Yours, edited by line: wsgen adds an import and an argument when the spec gets a module, and touches nothing else.
import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";
import { ExampleModule } from "./modules/example/example.module.js";

const server = await newWebsocketServe(
  new ExampleModule(),
);

// SIGTERM and SIGINT: no new connections, running commands finish, clients get close code 1001. A second signal ends at once.
closeOnSignals(server);
