package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
)

// hand is what the product is compared with: Echo and pgx, no scope, no language, nothing kept. It runs as
// a program of its own, as the product does.
type hand struct{ pool *pgxpool.Pool }

// byHand serves until ctx ends and prints its address.
func byHand(ctx context.Context, database string) error {
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return err
	}
	defer pool.Close()
	h, e := hand{pool}, echo.New()
	memory := bytes.Repeat([]byte("0123456789abcdef"), 30<<10/16)
	e.GET("/memory", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", memory) })
	e.GET("/progress", h.progress)
	e.GET("/list", h.list)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("by hand at http://%s\n", listener.Addr())
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	<-ctx.Done()
	return server.Close()
}

// progress is a division by those below it, straight from the roll-ups.
func (h hand) progress(c echo.Context) error {
	rows, err := h.pool.Query(c.Request().Context(), `SELECT v.code, v.name, sum(r.expected), sum(r.submitted), sum(r.accepted),
			sum(r.reported), sum(r.planned), sum(r.earned), sum(r.overdue)
		FROM rollups r JOIN division_versions v ON v.division_id = r.division_id AND v.valid_to IS NULL
		WHERE r.parent_id = (SELECT division_id FROM division_versions WHERE code = $1 AND valid_to IS NULL)
			AND r.form = 'progress' AND r.period = $2 AND ($3 = '' OR r.batch = $3) GROUP BY 1, 2 ORDER BY 1`,
		c.QueryParam("scope"), c.QueryParam("period"), c.QueryParam("batch"))
	if err != nil {
		return err
	}
	defer rows.Close()
	type row struct {
		Code, Name                                                        string
		Expected, Submitted, Accepted, Reported, Planned, Earned, Overdue int64
	}
	var list []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.Code, &r.Name, &r.Expected, &r.Submitted, &r.Accepted, &r.Reported, &r.Planned, &r.Earned, &r.Overdue); err != nil {
			return err
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

// list is a page of the reports of a city, quarter and status, with their exact number.
func (h hand) list(c echo.Context) error {
	const chosen = `FROM reports r WHERE r.city_id = (SELECT division_id FROM division_versions WHERE code = $1 AND valid_to IS NULL)
		AND r.form = $2 AND r.period = $3 AND r.status = $4 AND r.expected`
	ctx, limit := c.Request().Context(), 50
	args := []any{c.QueryParam("scope"), c.QueryParam("form"), c.QueryParam("period"), c.QueryParam("status")}
	if asked, err := strconv.Atoi(c.QueryParam("limit")); err == nil {
		limit = asked
	}
	var n int64
	if err := h.pool.QueryRow(ctx, "SELECT count(*) "+chosen, args...).Scan(&n); err != nil {
		return err
	}
	rows, err := h.pool.Query(ctx, `SELECT u.key, u.name, c.* FROM (SELECT r.unit_id, r.form, r.period, r.status, r.version, r.revision,
			r.due, r.lock, r.submitted_at, r.accepted_at, r.note `+chosen+` ORDER BY r.unit_id LIMIT $5) c
		JOIN units u ON u.id = c.unit_id ORDER BY c.unit_id`, append(args, limit)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	type row struct {
		Key, Name               string
		Unit                    int64
		Form, Period, Status    string
		Version, Revision       int64
		Due, Lock               time.Time
		SubmittedAt, AcceptedAt *time.Time
		Note                    string
	}
	var list []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.Key, &r.Name, &r.Unit, &r.Form, &r.Period, &r.Status, &r.Version, &r.Revision, &r.Due, &r.Lock, &r.SubmittedAt, &r.AcceptedAt, &r.Note); err != nil {
			return err
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"rows": list, "count": n})
}
