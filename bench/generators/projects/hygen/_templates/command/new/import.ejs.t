---
inject: true
to: src/chat.module.ts
prepend: true
skip_if: <%= name %>.command.js
---
import { <%= h.changeCase.pascal(name) %>Command } from "./commands/<%= name %>.command.js";
