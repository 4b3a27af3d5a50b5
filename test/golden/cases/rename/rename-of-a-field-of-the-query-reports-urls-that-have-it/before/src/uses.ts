import { type BoardClient, createBoardClient } from "../client/board.client.gen.js";
import type { BoardCommandContext, BoardConnectContext } from "./modules/board/board.gen.js";

export const first = (ctx: BoardConnectContext): string => `${ctx.params.boardId} ${ctx.query.page} ${ctx.headers["x-team"]}`;
export const second = ({ params: { boardId }, query: { page } }: BoardCommandContext): string => boardId + page;
export const create = (boardId: string, page: number): BoardClient =>
  createBoardClient("ws://localhost:10099", { params: { boardId }, query: { page } });
export const url = "ws://localhost:10099/board/boards/123e4567-e89b-42d3-a456-426614174000?live=true&page=2";
