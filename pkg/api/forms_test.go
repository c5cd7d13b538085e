package api_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

const platformFile = `key: platform
number: 智社试附表
title: 平台季报
agency: 省民政厅
approval: 皖统制〔2019〕1号
valid: {from: 2019-01-01, until: 2020-12-31}
due_days: 12
lock_days: 30
filled_by: [city]
review: [province]
sections:
  - key: platform
    title: 平台
    items:
      - {key: state, title: 平台状态, type: option, required: true, evidence: required, basis: 皖民发1号, options: [{key: none, code: 0, title: 未建}, {key: live, code: 1, title: 已建}]}
      - {key: change, title: 增减, type: count, kind: flow, min: -5, max: 50, unit: 个, basis: 皖民发1号}
      - {key: double, title: 两倍, type: count, kind: flow, aggregation: max, computed: change * 2, basis: 皖民发1号}
checks:
  - {key: live_first, expr: state == "live" or change == 0, severity: warning, at: [change], message: "{item}有误", basis: 皖民发2号}
`

// TestAFormSaysEverything: whatever a form file can say of a form can be read.
func TestAFormSaysEverything(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	if _, err := w.Forms.Import(context.Background(), accounts.System("test"), "platform.yaml", []byte(platformFile), "", false); err != nil {
		t.Fatal(err)
	}
	got := w.call(t, "clerk-community-01", http.MethodGet, "/api/v1/forms/platform", nil).ok(t)
	for key, want := range map[string]any{
		"agency": "省民政厅", "approval": "皖统制〔2019〕1号", "valid_from": "2019-01-01", "valid_until": "2020-12-31", "version": 1.0,
		"filled_by": []any{"city"}, "review": []any{"province"}, "sample": false,
		"checks": []any{map[string]any{
			"key": "live_first", "expr": `state == "live" or change == 0`, "severity": "warning", "at": []any{"change"}, "message": "{item}有误", "basis": "皖民发2号"}},
	} {
		if diff := cmp.Diff(want, got.at(t, key)); diff != "" {
			t.Errorf("%s -want +got:\n%s", key, diff)
		}
	}
	for i, wants := range []map[string]any{
		{"type": "option", "kind": "status", "aggregation": "none", "required": true, "evidence": "required", "basis": "皖民发1号", "min": nil, "computed": "",
			"options": []any{map[string]any{"key": "none", "code": 0.0, "title": "未建"}, map[string]any{"key": "live", "code": 1.0, "title": "已建"}}},
		{"type": "count", "kind": "flow", "aggregation": "sum", "min": "-5", "max": "50", "evidence": "none", "options": []any{}},
		{"aggregation": "max", "computed": "change * 2"},
	} {
		for key, want := range wants {
			if diff := cmp.Diff(want, got.at(t, "sections", 0, "items", i, key)); diff != "" {
				t.Errorf("item %d %s -want +got:\n%s", i, key, diff)
			}
		}
	}
	all := w.call(t, "viewer", http.MethodGet, "/api/v1/forms", nil).ok(t)
	if all.at(t, "rows", 0, "key") != "progress" || all.at(t, "rows", 1, "key") != "platform" || all.at(t, "rows", 0, "valid_from") != nil {
		t.Errorf("the forms are %v", all.body)
	}
}
