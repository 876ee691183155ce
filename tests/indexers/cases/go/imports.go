package shop

import "fmt"
// <- import fmt as fmt

import (
	"example.org/shop/store"
	// <- import example.org/shop/store as store
	db "example.org/shop/database"
	// <- import example.org/shop/database as db
	. "example.org/shop/helpers"
	// <- import example.org/shop/helpers:*
	_ "example.org/shop/driver"
	// <- import example.org/shop/driver
	"example.org/yaml/v3"
	// <- import example.org/yaml/v3 as yaml
	"gopkg.in/ini.v1"
	// <- import gopkg.in/ini.v1 as ini
	"example.org/go-toml"
	// <- import example.org/go-toml as toml
	`example.org/raw`
	// <- import example.org/raw as raw
)

func use() {
	fmt.Println(store.Open, db.Name, helper, yaml.Node{}, ini.File)
	// <- read fmt in use
	//  ^ call Println of fmt in use
	//          ^ read store in use
	//                ^ read Open of store in use
	//                      ^ read db in use
	//                         ^ read Name of db in use
	//                               ^ read helper in use
	//                                            ^ type Node of yaml in use
	//                                                    ^ read ini in use
	//                                                        ^ read File of ini in use
}
