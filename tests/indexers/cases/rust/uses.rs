use std::fmt;
// <- import std:fmt as fmt
use std::collections::{self, HashMap, hash_map::{Entry as E, *}};
// <- import std:collections as collections
// <- import std::collections:HashMap as HashMap
// <- import std::collections::hash_map:Entry as E
// <- import std::collections::hash_map:*
use crate::shop::Cart;
// <- import crate::shop:Cart as Cart
use super::super::util;
// <- import super::super:util as util
use self::inner::deep;
// <- import self::inner:deep as deep
use serde;
// <- import serde as serde
use {a::b, c};
// <- import a:b as b
// <- import c as c
use r#type::r#match;
// <- import type:match as match
use crate::hidden::Trait as _;
// <- import crate::hidden:Trait
pub use crate::api::*;
// <- import crate::api:* reexport
pub(crate) use crate::api::{Client, Server as S};
// <- import crate::api:Client as Client reexport
// <- import crate::api:Server as S reexport
extern crate serde_json as json;
// <- import serde_json as json
mod inner;
// <- import self:inner as inner
pub mod public;
// <- import self:public as public reexport

fn local() {
    use std::io::Read;
    // <- import std::io:Read as Read in local
    Read::read();
    // <- read Read in local
    //    ^ call read of Read in local
}
