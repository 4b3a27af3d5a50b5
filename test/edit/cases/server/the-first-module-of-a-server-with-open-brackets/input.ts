import { closeOnSignals, newWebsocketServe } from "wsgen-runtime";

const server = await newWebsocketServe(
);

closeOnSignals(server);
