import type { Person, PersonName, Task } from "./schemas.gen.js";
import type { PersonName as Name, Task as ClientTask } from "../client/board.client.gen.js";

export const owner = ({ owner }: Task | ClientTask): Person => owner;
export const nameOf = ({ name }: Person): PersonName | Name => name;
