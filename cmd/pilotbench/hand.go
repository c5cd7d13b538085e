package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// byHand serves what the product is compared with: Echo and pgx, no scope, no language, nothing kept.
func (b *bench) byHand(ctx context.Context) (address string, stop func(), err error) {
	e := echo.New()
	memory := bytes.Repeat([]byte("0123456789abcdef"), 30<<10/16)
	e.GET("/memory", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json", memory) })
	e.GET("/progress", b.progressByHand)
	e.GET("/list", b.listByHand)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// progressByHand is the province by city, straight from the roll-ups.
func (b *bench) progressByHand(c echo.Context) error {
	rows, err := b.pool.Query(c.Request().Context(), `SELECT r.division_id, v.name, sum(r.expected), sum(r.submitted), sum(r.accepted),
			sum(r.reported), sum(r.planned), sum(r.earned), sum(r.overdue)
		FROM rollups r JOIN division_versions v ON v.division_id = r.division_id AND v.valid_to IS NULL
		WHERE r.form = 'progress' AND r.period = $1 AND r.level = 2 GROUP BY 1, 2 ORDER BY 1`, lastQuarter)
	if err != nil {
		return err
	}
	defer rows.Close()
	type row struct {
		ID                                                                int64
		Name                                                              string
		Expected, Submitted, Accepted, Reported, Planned, Earned, Overdue int64
	}
	var list []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.ID, &r.Name, &r.Expected, &r.Submitted, &r.Accepted, &r.Reported, &r.Planned, &r.Earned, &r.Overdue); err != nil {
			return err
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list)
}

// listByHand is a page of 50 reports of a city with their exact number.
func (b *bench) listByHand(c echo.Context) error {
	const chosen = `FROM reports r WHERE r.city_id = (SELECT division_id FROM division_versions WHERE code = '340100' AND valid_to IS NULL)
		AND r.form = 'progress' AND r.period = $1 AND r.status = 'accepted'`
	var n int64
	if err := b.pool.QueryRow(c.Request().Context(), "SELECT count(*) "+chosen, lastQuarter).Scan(&n); err != nil {
		return err
	}
	rows, err := b.pool.Query(c.Request().Context(), "SELECT r.unit_id, r.status, r.version, r.revision, r.submitted_at "+chosen+" ORDER BY r.unit_id LIMIT 50", lastQuarter)
	if err != nil {
		return err
	}
	defer rows.Close()
	type row struct {
		Unit              int64
		Status            string
		Version, Revision int64
		SubmittedAt       *time.Time
	}
	var list []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.Unit, &r.Status, &r.Version, &r.Revision, &r.SubmittedAt); err != nil {
			return err
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"rows": list, "count": n})
}
