package accounts

import "slices"

// Permission is a sort of act that a service asks about before it acts.
type Permission int

// The permissions.
const (
	FileReports    Permission = iota + 1 // edit, submit and withdraw reports
	ReviewReports                        // return, accept and reopen reports
	ReadFigures                          // read reports, progress and figures
	ManagePlan                           // import and change plans, pilots and forms
	ManageUsers                          // add, change and disable users; make tokens for others
	ImportData                           // import divisions and pilots in bulk
	DiscussReports                       // write to the others about a report
	OverrideLights                       // set lights by hand
)

var granted = map[Permission][]Role{
	FileReports:    {Clerk, Reviewer},
	ReviewReports:  {Reviewer, Monitor, Admin},
	ReadFigures:    Roles,
	ManagePlan:     {Admin},
	ManageUsers:    {Admin},
	ImportData:     {Admin},
	DiscussReports: {Clerk, Reviewer, Monitor, Admin},
	OverrideLights: {Monitor, Admin},
}

func (r Role) has(p Permission) bool { return slices.Contains(granted[p], r) }
