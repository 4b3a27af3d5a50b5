---
to: src/commands/<%= name %>.command.ts
---
export interface <%= h.changeCase.pascal(name) %>Request {
  text: string;
}

export interface <%= h.changeCase.pascal(name) %>Reply {
  delivered: number;
}

export class <%= h.changeCase.pascal(name) %>Command {
  getCommand(): string {
    return "<%= name %>";
  }

  async execute(data: <%= h.changeCase.pascal(name) %>Request): Promise<<%= h.changeCase.pascal(name) %>Reply> {
    throw new Error("not implemented");
  }
}
