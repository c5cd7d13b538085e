package accounts

import "slices"

// Role says what a user is in the reporting of a province.
type Role string

// The roles.
const (
	Admin    Role = "admin"    // 管理员: users, plan, imports
	Monitor  Role = "monitor"  // 省级监测员: watches all, accepts
	Reviewer Role = "reviewer" // 市、县审核员: accepts in a city or county
	Clerk    Role = "clerk"    // 填报员: files for one unit
	Viewer   Role = "viewer"   // 领导: reads
)

// Roles lists every role.
var Roles = []Role{Admin, Monitor, Reviewer, Clerk, Viewer}

// Known tells whether r is one of the roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Key gives the message key of the role's name.
func (r Role) Key() string { return "role." + string(r) }
