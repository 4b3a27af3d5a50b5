import type { ICommand } from "wsgen-runtime";
import { connectClient } from "wsgen-runtime/testing";
import { type BoardClient, createBoardClient, isAssignError } from "../client/board.client.gen.js";
import type { AssignRequest, BoardCommandContext, BoardPublicState, AssignReply, AssignContext } from "./modules/board/board.gen.js";
import { boardConnections, boardErrors, boardEvents } from "./modules/board/board.gen.js";
import type { Admin, Bot, Member, Team, User } from "./schemas.gen.js";

// Members, destructuring, defaults, assignments.
export function read(user: User, [first]: readonly User[]): string {
  const { name } = user;
  const { name: other = "?" } = first ?? { name: "", id: 0 };
  let address: string | undefined;
  let last: string;
  ({ name: last } = user);
  ({ name: address } = user.address ?? {});
  const { to: { name: deep } }: AssignRequest = { to: user };
  const key = "name" satisfies keyof User;
  return name + other + user["name"] + user?.name.length + last + address + deep + user[key] + `${user[`name`]}`;
}
export const names = (users: readonly User[]): string[] => users.map(({ name }) => name).sort();
export const sorted = (users: User[]): User[] => users.toSorted((a, b) => (a.name < b.name ? -1 : 1));
export const labels = (team: Team): string => `${team.name} of ${team.lead?.name}`;
export const level = ({ name, level = 0 }: Admin): string => name + level;
export const botName = ({ name }: Bot): string => name;
export function title(member: Member): string {
  return "kind" in member ? member.name : member.name;
}

// Objects.
const name = "Ann";
export const made: User = { name, id: 1 };
export const copied: User = { ...made, name: "Bob" };
export const checked = { name: "Bob", id: 1, address: { name } } satisfies User;
export const changed = (user: User): Partial<User> => ({ ...(user.id > 0 && { id: 0 }), name: user.name });
export class Person implements User {
  readonly id = 1;
  constructor(public name: string) {}
  greet(): string {
    return `I am ${this.name}`;
  }
}
export const person: User = new Person("Ann");
export const bot: Bot = { kind: "bot", name };

// Types.
export type Name = User["name"];
export type Named = Pick<User, "name" | "id">;
export type Unnamed = Omit<User, "name">;
export type Renamed = { [Key in keyof User]?: boolean };
export const fields: Renamed = { name: true };
export const order: readonly (keyof User)[] = ["id", "name"];
export const isName = (key: keyof User): boolean => key === "name";

// The server.
export class Assign implements ICommand<AssignRequest, AssignReply, BoardCommandContext> {
  getCommand(): string {
    return "assign";
  }

  getConfigOption(): [] {
    return [];
  }

  async execute(ctx: BoardCommandContext, { to }: AssignRequest): Promise<AssignReply> {
    if (to.name === "Bob") throw boardErrors.taken({ by: { name: "Bob", id: 2 }, name: "Bob" });
    boardEvents(ctx).assigned.room("lobby").except(ctx).emit({ name: to.name, id: 1 });
    boardEvents(ctx).assigned.emit(ctx, { id: 1, name });
    for (const { state } of await boardConnections(ctx).room("lobby").members()) console.log(state.user.name);
    return { members: [{ name, id: to.id }, { kind: "bot", name }] };
  }
}
export const guarded = (ctx: AssignContext): string => ctx.state.user.name;
export const publicState = (user: User): BoardPublicState => ({ user: { name: user.name, id: user.id } });

// The client.
export async function assign(client: BoardClient): Promise<string> {
  const other = createBoardClient("ws://localhost:10099/board/ws");
  other.on("assigned", ({ name }) => void name);
  const next = await other.once("assigned");
  for await (const { name } of other.events("assigned")) void name;
  await other.request("assign", { to: { name: "Ann", id: 1 } });
  try {
    const { members } = await client.assign({ to: { id: 1, name }, team: { name, lead: { name, id: 2 } } });
    return members.map((member) => ("id" in member ? member.name : member.kind)).join() + next.name;
  } catch (error) {
    return isAssignError(error) && error.code === "taken" ? error.details.by.name + error.details.name : "";
  }
}

// What has no type, and what is not of the spec.
export async function untyped(data: any): Promise<unknown> {
  await using client = await connectClient("ws://localhost:10099/board/ws");
  await client.request("assign", { to: { name: "Ann", id: 1 } });
  console.log(JSON.stringify({ command: "assign", to: { name } }), data.name, Object.keys(data).includes("name"));
  return { pointer: "/name" };
}
export interface Row {
  name: string;
}
export const row: Row = { name: "Ann" };
export const rowName = row.name;
