-- The account's books, shared by every process: one step takes from all limits or from none.
--
-- KEYS[1]   the account's state, one packed value, so that it is lost whole or not at all
-- KEYS[2..] rates that reach beyond the account, in the order of `scoped`
-- ARGV[1]   operation: take, look, give_back, refused, learn, limit, leave
-- ARGV[2]   its arguments as JSON; see shared.py, which is the only caller
--
-- Instants are seconds of this server's clock; nobody else's clock is looked at. All writes come last, so a server
-- that is full refuses before anything has changed.

local op, a = ARGV[1], cjson.decode(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local INSTANT, FOREVER = 1e-6, 1e12
local DAY = 86400

local function clock() return string.format('%d.%06d', time[1], time[2]) end

-- A command that was stuck in a frozen server or a full socket speaks for a process that has long given up on it.
if a.sent_at and math.abs(now - a.sent_at) > a.stale then
  return cjson.encode({stale = true, now = clock()})
end

-- State -----------------------------------------------------------------------------------------------------------

local raw = redis.call('GET', KEYS[1])
local s = raw and cmsgpack.unpack(raw) or nil
local day = math.floor((now - a.reset_grace) / DAY)

if not s then
  -- Whoever was cut off may be sending on its own, and whoever was not may have sent just now: hold everything until
  -- all have noticed and said so.
  s = {born = clock() .. ARGV[3], tick = 0, hold = now + a.hold, pause = 0, pause_length = 0, refusals = 0,
       rates = {}, members = {}, queue = {}}
elseif a.born == s.born and a.tick > s.tick then
  -- An older copy of this state came back with the server.
  s.born = clock() .. ARGV[3]
  s.hold = now + a.hold
end
-- The server's clock may have been set back.
s.hold = math.min(s.hold, now + a.hold)
s.pause = math.min(s.pause, now + math.max(a.pause_at_most, a.retry_after_at_most))

local scoped = {}
for i, name in ipairs(a.scoped) do
  local kept = redis.call('GET', KEYS[i + 1])
  scoped[name] = i + 1
  s.rates[name] = kept and cmsgpack.unpack(kept) or nil
end

-- Points ----------------------------------------------------------------------------------------------------------

local p = s.points
if a.allowance and not p then
  p = {left = a.allowance, total = a.allowance, at = now, day = day, begun = now, recent = 0, begun_before = 0, before = 0}
  s.points = p
end
if p then
  p.refill = a.refills and p.total / DAY or 0
  if day > p.day then p.left = p.total end
  p.left = math.min(p.total, p.left + math.max(0, now - p.at) * p.refill)
  p.at, p.day = now, math.max(day, p.day)
  if a.seed and a.born ~= s.born then p.left = math.min(p.left, a.seed) end
end
local resets_in = (day + 1) * DAY + a.reset_grace - now

local function usable()
  return p.left >= p.total and p.left or p.left - p.refill * a.refill_step
end

local function points_in(call)
  local kept = (a.lanes[call.lane + 1].kept) * p.total
  local missing = call.weight + math.min(kept, math.max(0, p.total - call.weight)) - usable()
  if missing <= INSTANT then return 0 end
  if p.refill > 0 and call.weight <= p.total then return math.min(missing / p.refill, resets_in) end
  return resets_in
end

-- Members: who shares the account, and which windows each would use without this server ---------------------------

local function remove(id)
  s.members[id] = nil
  s.queue[id] = nil
end

local seats, window = 1, 0
local cut_off = {}

local function enter()
  for id, m in pairs(s.members) do
    if now - m.seen > a.forget then remove(id) end
  end
  local me = s.members[a.me]
  if not me then
    local taken = {}
    for _, m in pairs(s.members) do taken[m.seat] = true end
    local seat = a.seat
    if seat < 0 or taken[seat] then
      seat = 0
      while taken[seat] do seat = seat + 1 end
    end
    me = {seat = seat, settled = false}
    s.members[a.me] = me
  end
  me.seen, me.window, me.who = now, a.window, a.who
  me.knows = a.seats  -- the count it would act by, until it has heard this answer
  local highest = 0
  for _, m in pairs(s.members) do
    highest = math.max(highest, m.seat)
    window = math.max(window, m.window)
  end
  -- Powers of two: windows of 4 seats are whole windows of 8, so processes that know different counts still agree.
  while seats <= highest do seats = seats * 2 end
  -- A newcomer may act on its own once everyone else who may has heard of a count that includes it.
  local all_know = now >= s.hold
  for id, m in pairs(s.members) do
    if id ~= a.me and m.settled then
      all_know = all_know and m.knows >= seats
      if now - m.seen > a.suspect then cut_off[#cut_off + 1] = m end
    end
  end
  me.settled = me.settled or all_know
  return me
end

local function belongs_to_cut_off(index)
  for _, m in ipairs(cut_off) do
    if index % m.knows == m.seat then return true end
  end
  return false
end

-- The first instant from `at` on that meets nobody who may be sending on its own.
local function clear(at)
  if #cut_off == 0 or window <= 0 then return at end
  local index = math.floor(at / window)
  if at - index * window <= a.launch and not belongs_to_cut_off(index) then return at end
  for next = index + 1, index + 2 * seats do
    if not belongs_to_cut_off(next) then return next * window end
  end
  return at + 2 * seats * window
end

-- Slots -----------------------------------------------------------------------------------------------------------

local function rates_for(call)
  local names = {}
  for name, spacing in pairs(a.rates) do names[name] = spacing end
  if call.cap ~= '' and a.caps[call.cap] then names[call.cap] = a.caps[call.cap] end
  local share = a.lanes[call.lane + 1].share
  if share < 1 then names['lane:' .. call.lane] = a.spacing / share end
  return names
end

local function opens(name, token)
  local rate = s.rates[name]
  if not rate or (token ~= '' and rate.by == token) then return 0 end
  if rate.at - now > rate.spacing + a.hold then rate.at = now + rate.spacing end  -- the clock was set back
  return rate.at
end

local function opens_for(call)
  local at = math.max(s.hold, s.pause)
  for name in pairs(rates_for(call)) do at = math.max(at, opens(name, call.token)) end
  return at
end

local function give(call)
  local token = s.born .. '/' .. s.tick
  for name, spacing in pairs(rates_for(call)) do
    s.rates[name] = {at = now + spacing, spacing = spacing, by = token}
  end
  if p and call.weight > 0 then
    p.left = p.left - call.weight
    if now - p.begun > a.recent then
      p.begun_before, p.before, p.begun, p.recent = p.begun, p.recent, now, 0
    end
    p.recent = p.recent + call.weight
  end
  return token
end

local function write()
  s.tick = s.tick + 1
  for name, key in pairs(scoped) do
    if s.rates[name] then
      redis.call('SET', KEYS[key], cmsgpack.pack(s.rates[name]), 'PX', 120000)
      s.rates[name] = nil
    end
  end
  redis.call('SET', KEYS[1], cmsgpack.pack(s), 'PX', a.keys_live)
end

-- What happened while this process was on its own.
local function account_for(alone)
  if p then p.left = p.left - alone.spent end
  s.refusals = s.refusals + alone.refusals
  if alone.sent_ago then
    for name, spacing in pairs(a.rates) do
      s.rates[name] = {at = math.max(opens(name, ''), now - alone.sent_ago + spacing), spacing = spacing, by = ''}
    end
  end
end

local function answer(reply)
  reply.born, reply.tick = s.born, s.tick
  local opening = math.max(now, s.hold, s.pause)
  for name in pairs(a.rates) do opening = math.max(opening, opens(name, '')) end
  reply.opens_in = clear(opening) - now
  reply.later = {['-'] = 0}
  for name, rate in pairs(s.rates) do
    if rate.at > now then reply.later[name] = rate.at - now end
  end
  if p then
    reply.points, reply.points_left, reply.points_per_day = usable(), p.left, p.total
    reply.points_per_second = p.refill
  end
  reply.resets_in, reply.refusals, reply.others, reply.lost = resets_in, s.refusals, {}, {}
  for id, waiting in pairs(s.queue) do
    local m = s.members[id]
    if id ~= a.me and m and now - m.seen <= a.suspect then
      for _, c in ipairs(waiting.crowds) do
        table.insert(reply.others, {c.lane, c.count, now - c.oldest, now - c.newest})
      end
    end
  end
  for id, m in pairs(s.members) do
    if now - m.seen > a.suspect then table.insert(reply.lost, {id, m.who}) end
  end
  return reply
end

-- Operations ------------------------------------------------------------------------------------------------------

local operations = {}

function operations.look() return answer({}) end

function operations.take()
  local me = enter()
  if a.alone then account_for(a.alone) end
  local all, mine = {}, {}
  if a.calls then
    -- Ages become instants: the caller's clock is not this one.
    for i, call in ipairs(a.calls) do
      mine[i] = {lane = call.lane, weight = call.weight, cap = call.cap, token = call.token,
                 since = now - call.age, place = i, owner = a.me, asked = now}
      all[i] = mine[i]
    end
    for _, c in ipairs(a.crowds) do c.oldest, c.newest = now - c.oldest, now - c.newest end
    for id, waiting in pairs(s.queue) do
      local m = s.members[id]
      if id ~= a.me and m and now - m.seen <= a.suspect then
        for _, call in ipairs(waiting.calls) do all[#all + 1] = call end
      end
    end
    table.sort(all, function(x, y)
      if x.lane ~= y.lane then return x.lane < y.lane end
      if x.since ~= y.since then return x.since < y.since end
      return x.owner .. x.place < y.owner .. y.place
    end)
  end
  local wait, short_of_points, token, place = FOREVER, false, nil, nil
  for _, call in ipairs(all) do
    local at = opens_for(call)
    if p and call.weight > 0 then
      local missing = points_in(call)
      -- Whoever is short of points is not overtaken by calls that would spend them.
      if short_of_points then at = FOREVER elseif missing > 0 then at = math.max(at, now + missing) end
      short_of_points = short_of_points or missing > 0
    end
    local free = at
    if at < FOREVER then at = clear(math.max(at, now)) end
    if at > now + INSTANT then
      if call.owner == a.me then wait = math.min(wait, at - now) end
    elseif call.owner == a.me then
      token, place = give(call), call.place
      break
    else
      -- Theirs, if they come for it soon: a process that has died must not hold up the others.
      local since = math.max(free, call.asked)
      if now - since <= a.grace then
        wait = math.min(wait, math.max(since + a.grace - now, 0.005))
        break
      end
    end
  end
  if a.calls then
    local rest = {}
    for _, call in ipairs(mine) do
      if call.place ~= place then rest[#rest + 1] = call end
    end
    s.queue[a.me] = (#rest > 0) and {calls = rest, crowds = a.crowds} or nil
  end
  local reply = answer({wait = wait, token = token, place = place, seat = me.seat, seats = seats,
                        settled = me.settled, window = window})
  write()
  reply.tick = s.tick
  return reply
end

function operations.give_back()
  if p then
    p.left = math.min(p.total, p.left + a.points)
  end
  write()
  return {}
end

function operations.refused()
  s.refusals = s.refusals + 1
  if a.exhausted then
    if p then p.left = math.min(0, p.left) end
  elseif now >= s.pause then
    -- Calls under way when the pause began only count.
    local length = a.pause
    if s.pause_length > 0 and now - s.pause < a.pause_remembered then length = s.pause_length * 2 end
    s.pause_length = math.min(length, a.pause_at_most)
    s.pause = now + math.max(s.pause_length, a.retry_after)
  end
  write()
  return {}
end

function operations.learn()
  if p then
    if a.total then p.total = a.total end
    local left = a.remaining
    if left > p.left then
      -- A higher figure may not know yet of calls that are still on their way.
      local on_their_way = 0
      if p.begun > now - 2 * a.recent then on_their_way = on_their_way + p.recent end
      if p.begun_before > now - 2 * a.recent then on_their_way = on_their_way + p.before end
      left = math.max(p.left, left - on_their_way)
    end
    p.left = math.min(left, p.total)
  end
  write()
  return {}
end

function operations.limit()
  if p and a.allowance then
    local used = p.total - p.left
    p.total = a.allowance
    p.left = math.max(0, p.total - used)
  end
  write()
  return {}
end

function operations.leave()
  for _, id in ipairs(a.ids) do remove(id) end
  write()
  return {}
end

local reply = operations[op]()
reply.now = clock()
return cjson.encode(reply)
