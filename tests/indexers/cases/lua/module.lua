local json = require("cjson")
-- <- import cjson as json
local encode = require "cjson".encode
-- <- import cjson:encode as encode
--                             ^ read encode of ?
require("setup")
-- <- import setup
local M = {}
-- <- def constant M hidden
local MAX, other = 3, 4
-- <- def constant MAX hidden
-- <- def variable other hidden
--- Adds it.
-- @param item what
function M.add(item, ...)
-- <- def method M.add
-- <- doc Adds it.
--       ^ read M in M.add
  local order = Order.new(item)
--              ^ read Order in M.add
--                    ^ call new of Order in M.add
  -- <- bind order: Order (constructor) in M.add
  self.store:put(order.lines.first)
--     ^ read store of self in M.add
--           ^ call put of self.store in M.add
--                     ^ read lines of order in M.add
--                           ^ read first of order.lines in M.add
  for i, v in ipairs(items) do print(v.name, i) end
--                   ^ read items in M.add
--                                     ^ read name of v in M.add
  for j = 1, MAX do end
--           ^ read MAX in M.add
  return M:sub(order)
--       ^ read M in M.add
--         ^ call sub of M in M.add
end
function M:sub(x) return self.rate + x end
-- <- def method M.sub
--       ^ read M in M.sub
--                            ^ read rate of self in M.sub
local function helper(a) return a end
-- <- def function helper hidden
M.field = function(q) return q end
-- <- def method M.field
-- <- read M in M.field
M.size = 3
-- <- def field M.size
-- <- read M
--^ read size of M
local Class = { x = 1, run = function(self) end }
-- <- def variable Class hidden
-- <- def method Class.run
setmetatable(M, { __index = Base })
--           ^ read M
--                          ^ read Base
GLOBAL = 3
-- <- def constant GLOBAL
foo "text"
-- <- call foo
foo{ a = b }
-- <- call foo
--       ^ read b
return M
--     ^ read M
-- <- bind module.exports: M (alias)
