// Package evidence keeps the files that units attach to items of their reports: pictures, PDF, OFD and
// Office files, told apart by their content, named by the hash of it and kept outside the database. It
// owns the tables evidence_files and evidence_uses and the bucket of Files. It never opens an Office
// file beyond telling its type, gives a file only to those who cover its unit, and does not know what
// a report or an item is: pkg/reporting says which report shows which file.
package evidence

import (
	"time"

	"github.com/gabriel-vasile/mimetype"

	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// MaxSize is the greatest size of a file, in bytes.
const MaxSize = 20 << 20

// ActAdded is the act in the ledger by which a unit gets a file.
const ActAdded = "evidence.added"

// File is a file of a unit. Hash is the SHA-256 of its content in hex; Type is what the content is,
// whatever the uploader called it; Size is in bytes. A Picture has a thumbnail.
type File struct {
	Hash       string
	Name       string
	Type       string
	Size       int64
	Picture    bool
	UploadedAt time.Time
	UploadedBy string
}

// Service keeps and gives files.
type Service struct {
	db       *database.DB
	plans    *plan.Service
	files    *Files
	ledger   *ledger.Ledger
	clock    period.Clock
	decoding chan struct{} // holds one: a picture of MaxPixels takes hundreds of megabytes while it is decoded
}

// New makes the service.
func New(db *database.DB, plans *plan.Service, files *Files, l *ledger.Ledger, clock period.Clock) *Service {
	mimetype.SetLimit(MaxSize) // what tells the old Office files apart is often at their end
	return &Service{db: db, plans: plans, files: files, ledger: l, clock: clock, decoding: make(chan struct{}, 1)}
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
