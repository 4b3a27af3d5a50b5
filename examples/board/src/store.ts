import { createHash, randomBytes, scrypt, scryptSync, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import sqlite from "node-sqlite3-wasm";
import { type Row, readBytes, readColumn, readInteger, readRole, readText } from "./rows.js";
import type { Card, Column, Happening, Member, Role } from "./schemas.gen.js";

const hashBytes = 32;
const tokenLifetimeMs = 12 * 60 * 60 * 1_000;

const tables = `
  create table if not exists user (name text primary key, salt blob not null, hash blob not null) strict;
  create table if not exists token (
    hash blob primary key, name text not null references user (name), ends_at integer not null
  ) strict;
  create table if not exists member (
    board text not null, name text not null references user (name), role text not null, primary key (board, name)
  ) strict;
  create table if not exists card (
    board text not null, number integer not null, title text not null, board_column text not null,
    version integer not null default 1, file text, content blob, primary key (board, number)
  ) strict;
  create table if not exists happening (
    number integer primary key, board text not null, by_name text not null, text text not null
  ) strict;
`;

/** A file of a card. */
export interface StoredFile {
  readonly name: string;
  readonly content: Uint8Array;
}

type Value = string | number | Uint8Array;

/** Users, boards and cards in a file of SQLite. Each method that changes something is one statement. */
export class Store {
  readonly #database: sqlite.Database;

  /** @param file its path; `:memory:` keeps everything in memory */
  constructor(file: string) {
    this.#database = new sqlite.Database(file);
    this.#database.exec(tables);
  }

  close(): void {
    this.#database.close();
  }

  /** Adds a user, or gives a user another password. */
  addUser(name: string, password: string): void {
    const salt = randomBytes(16);
    this.#run(
      "insert into user values (?, ?, ?) on conflict (name) do update set salt = excluded.salt, hash = excluded.hash",
      name,
      salt,
      scryptSync(password, salt, hashBytes),
    );
  }

  /** @returns a token that opens boards for twelve hours; undefined if the name or the password is wrong */
  async login(name: string, password: string): Promise<string | undefined> {
    const user = this.#row("select salt, hash from user where name = ?", name);
    // The hash is computed for an unknown name, too, so that the time does not tell which names exist.
    const salt = user === undefined ? randomBytes(16) : readBytes(user.salt);
    const hash = await hashPassword(password, salt);
    if (user === undefined || !timingSafeEqual(hash, readBytes(user.hash))) return undefined;
    const token = randomBytes(24).toString("base64url");
    this.addToken(name, token);
    return token;
  }

  addToken(name: string, token: string): void {
    this.#run("delete from token where ends_at < ?", Date.now());
    this.#run(
      "insert or replace into token values (?, ?, ?)",
      hashToken(token),
      name,
      Date.now() + tokenLifetimeMs,
    );
  }

  /** @returns the name of the user; undefined if the token is unknown or too old */
  findUser(token: string): string | undefined {
    const row = this.#row(
      "select name from token where hash = ? and ends_at >= ?",
      hashToken(token),
      Date.now(),
    );
    return row && readText(row.name);
  }

  /** Adds a member, or gives a member another role. @returns false if there is no such user */
  setMember(board: string, { name, role }: Member): boolean {
    return this.#run(
      "insert or replace into member (board, name, role) select ?, name, ? from user where name = ?",
      board,
      role,
      name,
    );
  }

  findRole(board: string, name: string): Role | undefined {
    const row = this.#row("select role from member where board = ? and name = ?", board, name);
    return row && readRole(row.role);
  }

  cards(board: string): Card[] {
    return this.#rows(`select ${cardColumns} from card where board = ? order by number`, board).map(readCard);
  }

  findCard(board: string, number: number): Card | undefined {
    const row = this.#row(`select ${cardColumns} from card where board = ? and number = ?`, board, number);
    return row && readCard(row);
  }

  addCard(board: string, { title, column }: { readonly title: string; readonly column: Column }): Card {
    const next = "(select coalesce(max(number), 0) + 1 from card where board = ?)";
    const row = this.#row(
      `insert into card (board, number, title, board_column) values (?, ${next}, ?, ?) returning ${cardColumns}`,
      board,
      board,
      title,
      column,
    );
    if (row === undefined) throw new Error("The card was not added.");
    return readCard(row);
  }

  /** @returns undefined if the card has another version, or does not exist */
  moveCard(
    board: string,
    { number, column, version }: Pick<Card, "number" | "column" | "version">,
  ): Card | undefined {
    const row = this.#row(
      `update card set board_column = ?, version = version + 1
       where board = ? and number = ? and version = ? returning ${cardColumns}`,
      column,
      board,
      number,
      version,
    );
    return row && readCard(row);
  }

  /** @returns undefined if the card does not exist */
  attachFile(board: string, number: number, { name, content }: StoredFile): Card | undefined {
    const row = this.#row(
      `update card set file = ?, content = ?, version = version + 1
       where board = ? and number = ? returning ${cardColumns}`,
      name,
      content,
      board,
      number,
    );
    return row && readCard(row);
  }

  /** @returns undefined if the card does not exist, or has no file */
  findFile(board: string, number: number): StoredFile | undefined {
    const row = this.#row(
      "select file, content from card where board = ? and number = ? and file is not null",
      board,
      number,
    );
    return row && { name: readText(row.file), content: readBytes(row.content) };
  }

  addHappening({ board, by, text }: Happening): void {
    this.#run("insert into happening (board, by_name, text) values (?, ?, ?)", board, by, text);
  }

  /** The last happenings of all boards, oldest first. */
  lastHappenings(count: number): Happening[] {
    return this.#rows("select board, by_name, text from happening order by number desc limit ?", count)
      .reverse()
      .map((row) => ({ board: readText(row.board), by: readText(row.by_name), text: readText(row.text) }));
  }

  /** @returns whether the statement has changed a row */
  #run(sql: string, ...values: Value[]): boolean {
    return this.#database.run(sql, values).changes > 0;
  }

  #rows(sql: string, ...values: Value[]): Row[] {
    return this.#database.all(sql, values);
  }

  #row(sql: string, ...values: Value[]): Row | undefined {
    return this.#rows(sql, ...values)[0];
  }
}

const cardColumns = "number, title, board_column, version, file";

function readCard({ number, title, board_column, version, file }: Row): Card {
  return {
    number: readInteger(number),
    title: readText(title),
    column: readColumn(board_column),
    version: readInteger(version),
    ...(file !== null && { file: readText(file) }),
  };
}

const derive = promisify<string, Uint8Array, number, Buffer>(scrypt);
const hashPassword = (password: string, salt: Uint8Array): Promise<Buffer> =>
  derive(password, salt, hashBytes);
const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();
