---
inject: true
to: src/chat.module.ts
after: "return \\["
skip_if: new <%= h.changeCase.pascal(name) %>Command
---
      new <%= h.changeCase.pascal(name) %>Command(),
