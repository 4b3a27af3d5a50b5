import { createHash } from "node:crypto";

/** A script that Redis runs in one step. */
export interface RedisScript {
  /** For messages. */
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

const script = (name: string, text: string): RedisScript => ({
  name: `the script ${name}`,
  text,
  sha: createHash("sha1").update(text).digest("hex"),
});

const readTime = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Opens a stream: `epoch` and `newest`. A new primary may have lost the last events and would give their offsets again, so the
 * stream begins a new epoch when `master_replid` has changed. Redis writes a part of INFO for it: about 5 microseconds. A
 * server that hides it always has the epoch of the stream's state.
 */
const open = `
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or ''
local known = redis.call('HMGET', KEYS[1], 'epoch', 'newest', 'replid')
local epoch, newest = known[1], tonumber(known[2] or '0')
if not epoch or known[3] ~= replid then
  epoch, newest = ARGV[1], 0
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'newest', 0, 'replid', replid)
end
${readTime}
local last, forMs, dayMs = tonumber(ARGV[2]), tonumber(ARGV[3]), 86400000
redis.call('PEXPIRE', KEYS[1], math.max(forMs, dayMs))
`;

/**
 * Key → epoch → counter → stream → publish. KEYS: the stream's state, its messages, the idempotency key, the channel. ARGV: an
 * epoch, the most messages, their age in ms or 0, the life of the key in ms, the event, the message.
 */
export const append = script(
  "append",
  `
local repeated = redis.call('GET', KEYS[3])
if repeated then
  local epoch, offset = string.match(repeated, '^(%S+) (%d+)$')
  return { epoch, tonumber(offset), 0 }
end
${open}
newest = newest + 1
redis.call('HSET', KEYS[1], 'newest', newest)
redis.call('XADD', KEYS[2], 'MAXLEN', last, newest .. '-0', 'm', ARGV[6], 't', now)
redis.call('PEXPIRE', KEYS[2], forMs > 0 and forMs or dayMs)
redis.call('SET', KEYS[3], epoch .. ' ' .. newest, 'PX', ARGV[4])
local place = 's' .. #ARGV[5] .. ' ' .. newest .. ' ' .. epoch .. ' ' .. ARGV[5]
return { epoch, newest, redis.call('SPUBLISH', KEYS[4], place .. ARGV[6]) }
`,
);

/** KEYS: the stream's state, its messages. ARGV: an epoch, the most messages, their age in ms or 0, a position: epoch, offset. */
export const history = script(
  "history",
  `
${open}
local from = ARGV[4] == epoch and '(' .. ARGV[5] .. '-0' or '-'
local found = redis.call('XRANGE', KEYS[2], from, '+')
local messages = {}
for index, entry in ipairs(found) do
  local isKept = forMs == 0 or tonumber(entry[2][4]) >= now - forMs
  if isKept and index > #found - last then table.insert(messages, entry[2][2]) end
end
return { epoch, newest, messages }
`,
);

/** A stored connection is a line for the scripts (cursor, node, keys of its lists), and its entry, which they do not read. */
const remove = `
local prefix = KEYS[1]
local function read(text) return cjson.decode(string.match(text, '^[^\\n]*')) end
local function remove(id, node)
  local text = redis.call('HGET', prefix .. ':c', id)
  if not text then return end
  local known = read(text)
  if node and known.node ~= node then return end
  for _, list in ipairs(known.lists) do redis.call('ZREM', prefix .. ':' .. list, known.cursor) end
  redis.call('SREM', prefix .. ':n:' .. known.node, id)
  redis.call('HDEL', prefix .. ':c', id)
  return text
end
`;

/** KEYS: the prefix of a module; all its keys are in its slot. ARGV: the number of removed ids, these ids; ids and entries. */
export const store = script(
  "store",
  `
${remove}
local count = tonumber(ARGV[1])
for index = 2, count + 1 do remove(ARGV[index]) end
for index = count + 2, #ARGV, 2 do
  local id, text = ARGV[index], ARGV[index + 1]
  remove(id)
  local entry = read(text)
  redis.call('HSET', prefix .. ':c', id, text)
  redis.call('SADD', prefix .. ':n:' .. entry.node, id)
  for _, list in ipairs(entry.lists) do redis.call('ZADD', prefix .. ':' .. list, 0, entry.cursor) end
end
return 1
`,
);

/** Removes up to ARGV[2] connections of the node ARGV[1]. @returns how many are left, and the removed ones */
export const sweep = script(
  "sweep",
  `
${remove}
local own = prefix .. ':n:' .. ARGV[1]
local removed = {}
for _, id in ipairs(redis.call('SRANDMEMBER', own, tonumber(ARGV[2]))) do
  local text = remove(id, ARGV[1])
  if text then table.insert(removed, text) end
  redis.call('SREM', own, id)
end
return { redis.call('SCARD', own), removed }
`,
);

/** KEYS: the prefix of a module. ARGV: the list (`o`, `r:room`, `t:tag`), a cursor, the most entries. */
export const list = script(
  "list",
  `
local prefix = KEYS[1]
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local cursors = redis.call('ZRANGEBYLEX', prefix .. ':' .. ARGV[1], from, '+', 'LIMIT', 0, tonumber(ARGV[3]) + 1)
local entries = {}
for index, cursor in ipairs(cursors) do
  if index <= tonumber(ARGV[3]) then
    entries[index] = redis.call('HGET', prefix .. ':c', string.match(cursor, '^%d+ (.*)$')) or ''
  end
end
return { entries, #cursors > tonumber(ARGV[3]) and cursors[#cursors - 1] or '' }
`,
);

/**
 * Times are those of the clock of Redis. A node that comes back after its silence gets a new name: the entries of the old one
 * may be swept at this moment. KEYS: the nodes by their last sign of life, when each silent one is swept next. ARGV: the name
 * of this node, its next name, how long a node may be silent, in ms, 1 if the name has been used before.
 * @returns the name of this node, the living, the silent that this node sweeps: no other one does for 20 seconds
 */
export const beat = script(
  "beat",
  `
${readTime}
local own, oldest = ARGV[1], now - tonumber(ARGV[3])
if ARGV[4] == '1' and tonumber(redis.call('ZSCORE', KEYS[1], own) or '0') < oldest then own = ARGV[2] end
redis.call('ZADD', KEYS[1], now, own)
local claimed = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest)) do
  if #claimed < 10 and tonumber(redis.call('HGET', KEYS[2], name) or '0') <= now then
    redis.call('HSET', KEYS[2], name, now + 20000)
    table.insert(claimed, name)
  end
end
return { own, redis.call('ZRANGEBYSCORE', KEYS[1], oldest, '+inf'), claimed }
`,
);

/** KEYS: the nodes. ARGV: how long a node may be silent, in ms. @returns the silent ones */
export const silent = script(
  "silent",
  `
${readTime}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - tonumber(ARGV[1])))
`,
);

/** Forgets a swept node, if it has been silent for ARGV[2] ms. KEYS: as `beat`. ARGV: its name, ms. */
export const forget = script(
  "forget",
  `
${readTime}
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0') > now - tonumber(ARGV[2]) then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
`,
);

export const allScripts: readonly RedisScript[] = [
  ...[append, history, store, sweep],
  ...[list, beat, silent, forget],
];
