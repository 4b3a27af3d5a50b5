import type { Bot, Member, User } from "./schemas.gen.js";

interface Row {
  name: string;
  id: number;
}
const name = "Ann";

// Of one of the types.
export const nameOf = (member: Member): string => ("kind" in member ? member.name : member.name);
export const user: Member = { name, id: 1 };
export const bot: Member = { kind: "bot", name };
export const members: readonly Member[] = [{ name: "Ann", id: 1 }, { name: "Bot", kind: "bot" }];

// Of both.
export const anyName = (member: Member): string => member.name;
export const destructured = ({ name }: Member): string => name;
export const viaRow = (row: User | Row): string => row.name;
export const asRow: User | Row = { name, id: 1 };

// The compiler finds these.
export const toUser = (row: Row): User => row;
export const own = (value: Bot): Row => ({ ...value, id: 1 });
