import { createHash } from "node:crypto";

/** A script that Redis runs in one step. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

const script = (text: string): RedisScript => ({ text, sha: createHash("sha1").update(text).digest("hex") });

/**
 * Opens a stream: `epoch` and `newest`. A new primary may have lost the last events and would give their offsets again, so the
 * stream begins a new epoch when `master_replid` has changed. Reading it costs about 10 microseconds.
 */
const open = `
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
local known = redis.call('HMGET', KEYS[1], 'epoch', 'newest', 'replid')
local epoch, newest = known[1], tonumber(known[2] or '0')
if not epoch or known[3] ~= replid then
  epoch, newest = ARGV[1], 0
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'newest', 0, 'replid', replid)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last, forMs, dayMs = tonumber(ARGV[2]), tonumber(ARGV[3]), 86400000
redis.call('PEXPIRE', KEYS[1], math.max(forMs, dayMs))
`;

/**
 * Key → epoch → counter → stream → publish. KEYS: the stream's state, its messages, the idempotency key, the channel. ARGV: an
 * epoch, the most messages, their age in ms or 0, the life of the key in ms, the event, the message.
 */
export const append = script(`
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
`);

/** KEYS: the stream's state, its messages. ARGV: an epoch, the most messages, their age in ms or 0, a position: epoch, offset. */
export const history = script(`
${open}
local from = ARGV[4] == epoch and '(' .. ARGV[5] .. '-0' or '-'
local found = redis.call('XRANGE', KEYS[2], from, '+')
local messages = {}
for index, entry in ipairs(found) do
  local isKept = forMs == 0 or tonumber(entry[2][4]) >= now - forMs
  if isKept and index > #found - last then table.insert(messages, entry[2][2]) end
end
return { epoch, newest, messages }
`);

/** Removes a connection from its groups, and from the lists. */
const remove = `
local prefix = KEYS[1]
local function remove(id)
  local text = redis.call('HGET', prefix .. ':c', id)
  if not text then return end
  local entry = cjson.decode(text)
  for _, room in ipairs(entry.rooms) do redis.call('ZREM', prefix .. ':r:' .. room, entry.cursor) end
  for _, tag in ipairs(entry.tags) do redis.call('ZREM', prefix .. ':t:' .. tag, entry.cursor) end
  redis.call('ZREM', prefix .. ':o', entry.cursor)
  redis.call('SREM', prefix .. ':n:' .. entry.node, id)
  redis.call('HDEL', prefix .. ':c', id)
end
`;

/** KEYS: the prefix of a module; all its keys are in its slot. ARGV: the number of removed ids, these ids, entries as JSON. */
export const store = script(`
${remove}
local count = tonumber(ARGV[1])
for index = 2, count + 1 do remove(ARGV[index]) end
for index = count + 2, #ARGV do
  local entry = cjson.decode(ARGV[index])
  remove(entry.id)
  redis.call('HSET', prefix .. ':c', entry.id, ARGV[index])
  redis.call('ZADD', prefix .. ':o', 0, entry.cursor)
  redis.call('SADD', prefix .. ':n:' .. entry.node, entry.id)
  for _, room in ipairs(entry.rooms) do redis.call('ZADD', prefix .. ':r:' .. room, 0, entry.cursor) end
  for _, tag in ipairs(entry.tags) do redis.call('ZADD', prefix .. ':t:' .. tag, 0, entry.cursor) end
end
return 1
`);

/** Removes up to ARGV[2] connections of the node ARGV[1]. @returns how many are left */
export const sweep = script(`
${remove}
local own = prefix .. ':n:' .. ARGV[1]
for _, id in ipairs(redis.call('SRANDMEMBER', own, tonumber(ARGV[2]))) do
  remove(id)
  redis.call('SREM', own, id)
end
return redis.call('SCARD', own)
`);

/** KEYS: the prefix of a module. ARGV: the list (`o`, `r:room`, `t:tag`), a cursor, the most entries. */
export const list = script(`
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
`);

/** KEYS: the nodes. ARGV: this node, how long a node may be silent, in ms. By the clock of Redis. @returns living, silent */
export const beat = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
local oldest = now - tonumber(ARGV[2])
return { redis.call('ZRANGEBYSCORE', KEYS[1], oldest, '+inf'), redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest) }
`);

export const allScripts = { append, history, store, sweep, list, beat };
