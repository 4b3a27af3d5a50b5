import { afterEach, expect, test } from "vitest";
import { bindEvents, type WSContext } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineModule } from "../serve/define-module.js";

/** As generated code declares it. */
interface ChatEvents {
  message: { text: string };
  statusChanged: { name: string; status: "online" | "away" };
}
const chatEvents = bindEvents<ChatEvents>("test", { message: "message", statusChanged: "status.changed" });

let server: TestServer;
afterEach(() => server.close());

async function connectAs(name: string) {
  const client = await connectClient(server.url(`/test/ws?name=${name}`));
  const { data } = (await client.next()) as { data: { name: string } };
  return { client, id: data.name };
}

test("bindEvents: typed events reach the receivers of their names on the wire", async () => {
  const connect = (ctx: WSContext) => {
    const name = ctx.query.get("name") ?? "";
    ctx.join("lobby");
    ctx.tag(`user:${name}`);
    chatEvents(ctx).statusChanged.emit(ctx, { name: ctx.id, status: "online" });
  };
  server = await startModules(defineModule({ connect }));
  const events = chatEvents(server.serve);
  const [ann, bob] = [await connectAs("ann"), await connectAs("bob")];

  const delivered = [
    events.message.room("lobby").except(ann.id).emit({ text: "room" }).delivered,
    events.message.tagged("user:ann").emit({ text: "tag" }).delivered,
    events.message.to(bob.id).emit({ text: "id" }).delivered,
    events.statusChanged.all.emit({ name: "x", status: "away" }, { compress: false }).delivered,
  ];
  expect(delivered).toEqual([1, 1, 1, 2]);
  const away = { event: "status.changed", data: { name: "x", status: "away" } };
  expect([await ann.client.next(), await ann.client.next()]).toEqual([
    { event: "message", data: { text: "tag" } },
    away,
  ]);
  expect([await bob.client.next(), await bob.client.next(), await bob.client.next()]).toEqual([
    { event: "message", data: { text: "room" } },
    { event: "message", data: { text: "id" } },
    away,
  ]);
});

test("the compiler checks the name and the data of an event", () => {
  const wrong = (ctx: WSContext) => {
    const events = chatEvents(ctx);
    // @ts-expect-error there is no such event
    events.massage;
    // @ts-expect-error the data has another field
    events.message.all.emit({ txt: "hi" });
    // @ts-expect-error the status is none of the two
    events.statusChanged.room("lobby").except(ctx).emit({ name: "ann", status: "gone" });
    // @ts-expect-error data is not optional
    events.message.to(ctx.id).emit();
  };
  const replayed = (ctx: WSContext) => {
    const events = bindEvents<ChatEvents, "message">("chat", { message: "message", statusChanged: "status" })(
      ctx,
    );
    events.message.room("lobby").emit({ text: "hi" });
    events.message.to("id").except(ctx).emit({ text: "hi" });
    events.statusChanged.all.except(ctx).emit({ name: "ann", status: "away" });
    // @ts-expect-error what is replayed goes to everybody
    events.message.all.except(ctx);
  };
  expect([wrong, replayed]).toHaveLength(2);
  // @ts-expect-error every event needs its name on the wire
  bindEvents<ChatEvents>("chat", { message: "message" });
});
