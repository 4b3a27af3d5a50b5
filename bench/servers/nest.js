// NestJS with its ws adapter. The decorators are applied by hand, for this file is JavaScript.
import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { WsAdapter } from "@nestjs/platform-ws";
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from "@nestjs/websockets";
import { host, path, port } from "./harness.js";

class BenchGateway {
  echo(data) {
    return { event: "echo", data };
  }

  broadcast(data) {
    const text = JSON.stringify({ event: "message", data });
    for (const socket of this.server.clients) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    }
  }
}

function subscribe(name) {
  const descriptor = Object.getOwnPropertyDescriptor(BenchGateway.prototype, name);
  SubscribeMessage(name)(BenchGateway.prototype, name, descriptor);
  MessageBody()(BenchGateway.prototype, name, 0);
}

subscribe("echo");
subscribe("broadcast");
WebSocketServer()(BenchGateway.prototype, "server");
WebSocketGateway({ path })(BenchGateway);

class BenchModule {}
Module({ providers: [BenchGateway] })(BenchModule);

const app = await NestFactory.create(BenchModule, { logger: ["error", "warn"] });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(port, host);
