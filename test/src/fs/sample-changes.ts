import type { CommitChange } from "../../../src/fs/commit.js";

/** A project with something to replace, something to delete, and something that nobody may touch. */
export const sampleFiles: Record<string, string> = {
  "wsgen.yaml": "wsgen: 1\n",
  "src/main.ts": "\uFEFFold main\r\n",
  "src/modules/old/deep/old.gen.ts": "gone soon\n",
  "src/modules/chat/chat.gen.ts": "old generated\n",
  "notes.txt": "mine\n",
};

/** Every kind of change, in folders that exist and in folders that do not. */
export const sampleChanges: readonly CommitChange[] = [
  { path: "src/main.ts", before: "\uFEFFold main\r\n", after: "\uFEFFnew main\r\n" },
  { path: "src/modules/chat/chat.gen.ts", before: "old generated\n", after: "new generated\n" },
  { path: "src/modules/room/commands/join.command.ts", before: undefined, after: "join\n" },
  { path: "src/modules/old/deep/old.gen.ts", before: "gone soon\n", after: undefined },
  { path: "notes.txt", before: "mine\n", after: "mine\n" },
];
