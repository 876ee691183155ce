Total = 0
local Box = {}
function Box:fill(other)
--       ^ reads Box
  self.n = other.n
--     ^ writes n of self
--               ^ reads n of other
  Total = self.n
--^ writes Total
--             ^ reads n of self
  self.xs[1] = Total
--     ^ both xs of self
--             ^ reads Total
  self.inner.n, other.n = 1, 2
--     ^ reads inner of self
--           ^ writes n of self.inner
--                    ^ writes n of other
  return self.n
--            ^ reads n of self
end
