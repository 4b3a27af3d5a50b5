import type { CommandContext, ICommand } from "wsgen-runtime";

export class ShoutCommand implements ICommand<{ text: string }, unknown> {
  getCommand(): string {
    return "shout";
  }

  getConfigOption() {
    return [];
  }

  async execute(_ctx: CommandContext, { text }: { text: string }): Promise<unknown> {
    return text.toUpperCase();
  }
}
