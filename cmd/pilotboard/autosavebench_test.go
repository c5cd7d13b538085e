package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/locale"
)

// BenchmarkAutosave measures cells saved over HTTP while a report is being filled in, checks and ledger
// included, by one clerk and by eight at once, each on a report of their own among 100 units.
func BenchmarkAutosave(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		s := benchProvince(b, dialect, 100)
		server, clerks := s.clerks(b, 8)
		for _, n := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/clients=%d", dialect, n), func(b *testing.B) {
				start := time.Now()
				together(b, clerks[:n], server.URL)
				b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "saves/s")
			})
		}
	}
}

// clerk is one who fills in a report, and what the cell they edit holds.
type clerk struct {
	client *http.Client
	user   int64
	path   string
	token  string
	holds  string
}

// clerks serves the sample and signs in clerks of the first n units, whose reports are open.
func (s *sample) clerks(b *testing.B, n int) (*httptest.Server, []*clerk) {
	b.Helper()
	var list []*clerk
	var server *httptest.Server
	for i := range n {
		s.reopen(b, i)
		name := fmt.Sprintf("bench-clerk-%d", i)
		user, err := s.accounts.Add(b.Context(), accounts.System("bench"), accounts.NewUser{
			Name: name, Display: name, Role: accounts.Clerk, Unit: s.units[i].ID, Password: benchPassword, Language: locale.Chinese,
		})
		must(b, err)
		if server == nil {
			server = s.serve(b)
		}
		c := &clerk{client: enter(b, server.URL, name), user: user.ID}
		ref := s.ref(i)
		c.path = fmt.Sprintf("/reports/%s/%s/%s", ref.Unit, ref.Form, ref.Period)
		page := get(b, c.client, server.URL+c.path)
		token := csrfOfPage.FindSubmatch(page)
		if token == nil {
			b.Fatal("no token on the report's page")
		}
		c.token = string(token[1])
		c.holds = s.holds(b, i)
		list = append(list, c)
	}
	return server, list
}

// holds gives what the edited cell of unit i holds.
func (s *sample) holds(b *testing.B, i int) string {
	report, err := s.reports.Report(b.Context(), accounts.System("bench"), s.ref(i))
	must(b, err)
	item, _ := report.Form.Item(editedItem)
	return item.Format(report.Values[editedItem])
}

// editedItem is the cell that the clerks edit again and again.
const editedItem = "m2_4"

// together shares b.N saves out among clerks who all save at once.
func together(b *testing.B, clerks []*clerk, address string) {
	var running sync.WaitGroup
	for i, c := range clerks {
		share := b.N*(i+1)/len(clerks) - b.N*i/len(clerks)
		running.Go(func() {
			for n := range share {
				if err := c.save(address, strconv.Itoa(100+n%800)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
}

func (c *clerk) save(address, value string) error {
	body, err := json.Marshal(map[string]any{"user": c.user, "base": map[string]any{"value": c.holds}, "value": value})
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, address+c.path+"/cells/"+editedItem, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-CSRF-Token", c.token)
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	c.holds = value
	return nil
}
