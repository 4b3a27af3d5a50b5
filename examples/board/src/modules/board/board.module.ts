// Yours: wsgen edits only imports, list entries, names that you rename with it, and literals that repeat the spec.
import type { ICommand, IWebsocket, SetWSServerConfig } from "wsgen-runtime";
import type { Store } from "../../store.js";
import {
  type BoardConnectContext,
  type BoardContext,
  type BoardPresence,
  type BoardPublicState,
  boardErrors,
  boardModuleOptions,
} from "./board.gen.js";
import { AddCommand } from "./commands/add.command.js";
import { AttachCommand } from "./commands/attach.command.js";
import { CardsCommand } from "./commands/cards.command.js";
import { FileCommand } from "./commands/file.command.js";
import { InviteCommand } from "./commands/invite.command.js";
import { MoveCommand } from "./commands/move.command.js";
import { PeopleCommand } from "./commands/people.command.js";

/** What each connection holds: `connect` returns it. A command with this type argument of its context reads it as `ctx.state`. */
export interface BoardState {
  readonly name: string;
  /** Guards are functions: this is how they get what they need. */
  readonly store: Store;
}

/** One board, its cards and the members who look at it. */
export class BoardModule implements IWebsocket<BoardContext<BoardState>>, BoardPresence<BoardState> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async connect(ctx: BoardConnectContext): Promise<BoardState> {
    const { board } = ctx.params;
    const name = this.#store.findUser(ctx.query.token);
    if (name === undefined) throw boardErrors.notLoggedIn();
    if (this.#store.findRole(board, name) === undefined) throw boardErrors.noMember();
    ctx.join(board);
    return { name, store: this.#store };
  }

  async disconnect(): Promise<void> {}

  async close(): Promise<void> {}

  /** What the others on the board see of a connection. */
  publicState({ params, state: { name, store } }: BoardContext<BoardState>): BoardPublicState {
    return { name, role: store.findRole(params.board, name) ?? "reader" };
  }

  handshakeURL(): string[] {
    return [":board"];
  }

  getCommandList(): ICommand[] {
    return [
      new CardsCommand(this.#store),
      new AddCommand(this.#store),
      new MoveCommand(this.#store),
      new AttachCommand(this.#store),
      new FileCommand(this.#store),
      new PeopleCommand(),
      new InviteCommand(this.#store),
    ];
  }

  getModuleFlag(): string {
    return "board";
  }

  getServerPort(): number {
    return 10110;
  }

  /** The options of the spec. Add your own after them; the last one wins. */
  getWSServerConfig(): SetWSServerConfig[] {
    return [...boardModuleOptions(this)];
  }
}
