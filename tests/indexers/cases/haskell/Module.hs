{-# LANGUAGE OverloadedStrings #-}
module Data.Shop (Cart(..), add, (<+>)) where

import Data.Map (Map, (!), Lazy(Thunk), insert)
-- <- import Data.Map:Map as Map
-- <- import Data.Map:! as !
-- <- import Data.Map:Lazy as Lazy
-- <- import Data.Map:insert as insert
import qualified Data.Map.Strict as M
-- <- import Data.Map.Strict as M
import Data.List hiding (foldl)
-- <- import Data.List:*
import Data.Text as T
-- <- import Data.Text as T
-- <- import Data.Text:*

-- | A cart.
data Cart a
-- <- def class Cart
-- <- doc A cart.
  = Cart { name :: Text, size :: !Int }
  -- <- def constant Cart.Cart
  -- <- def field Cart.name
  -- <- def field Cart.size
--                 ^ type Text in Cart
  | Empty Int
  -- <- def constant Cart.Empty
  deriving (Show, Sized)
--                ^ inherit Sized in Cart
newtype W = W { unW :: Int }
-- <- def class W hidden
-- <- def constant W.W hidden
-- <- def field W.unW hidden
type Alias = [Cart]
-- <- def type Alias hidden
--            ^ type Cart in Alias
class (Eq a) => Shape a where
-- <- def trait Shape hidden
  area :: a -> Area
  -- <- def method Shape.area hidden
--             ^ type Area in Shape.area
  area _ = zero
--         ^ read zero in Shape.area
instance Shape (Cart a) where
--       ^ inherit Shape in Shape
--              ^ type Cart in Shape
  area c = size c + helper c
  -- <- def method Shape.area hidden
--         ^ call size in Shape.area
--                  ^ call helper in Shape.area
-- | Adds.
add :: Map k v -> Cart -> IO Cart
-- <- def function add
-- <- doc Adds.
--     ^ type Map in add
--                ^ type Cart in add
--                           ^ type Cart in add
add m c@(Cart n s) = do
--       ^ call Cart in add
  let x = M.lookup' n m
--          ^ call lookup' of M in add
  y <- readIt x
--     ^ call readIt in add
  case y of
    Just z -> pure (go z)
--                  ^ call go in add
    Nothing -> return c { name = n }
--                        ^ read name in add
  where go q = q `join` c
  -- <- def function add.go hidden
--                ^ call join in add.go
add m Empty = M.empty
--    ^ read Empty in add
--              ^ read empty of M in add
helper x | x > limit = x
-- <- def function helper hidden
--             ^ read limit in helper
         | otherwise = y where y = 3
(<+>) a b = f a
-- <- def function <+>
--          ^ call f in <+>
f = \x -> x . g $ M.insert 1 2
-- <- def function f hidden
--            ^ read g in f
--                  ^ call insert of M in f
-- <- exports Cart add <+>
