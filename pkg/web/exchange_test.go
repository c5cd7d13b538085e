package web

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting/reportingtest"
)

var copyLink = regexp.MustCompile(`href="data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,([^"]+)" download="([^"]+)"`)

// TestFileByWorkbook: a clerk gets the template of a report and gives it back; an older copy is refused
// with a copy in which the cells are marked, and nothing is submitted.
func TestFileByWorkbook(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		v := s.as(t, "clerk-community-01")
		v.get(ourReport).has(t, http.StatusOK, "下载模板", `action="`+ourReport+`/upload"`, `enctype="multipart/form-data"`)
		a := v.get(ourReport + "/template")
		a.has(t, http.StatusOK)
		if a.header.Get("Content-Type") != mimeWorkbook || a.header.Get("Content-Disposition") != "attachment; filename=community-01-progress-2019Q3.xlsx" {
			t.Errorf("%v", a.header)
		}
		template := []byte(a.body)
		v.get(ourReport)
		v.upload(ourReport+"/upload", "file", "a.xlsx", template).has(t, http.StatusOK, "已保存为草稿", "无变化 1 份")
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "61"})
		refused := v.upload(ourReport+"/upload", "file", `C:\表\季报.xlsx`, template)
		refused.has(t, http.StatusUnprocessableEntity, "有 1 份报表未被接收", "F10", "综合服务设施达标", "系统中现为“61”", "季报-待更正.xlsx")
		link := copyLink.FindStringSubmatch(strings.ReplaceAll(refused.body, "&#43;", "+"))
		if link == nil {
			t.Fatalf("no copy in %s", excerpt(refused.body))
		}
		marked, err := base64.StdEncoding.DecodeString(link[1])
		if err != nil || !bytes.HasPrefix(marked, []byte("PK")) {
			t.Errorf("the copy is no workbook: %v", err)
		}
		if r := s.Report(t, "community-01", "2019Q3"); r.Status != "open" || r.Values["m1_2"].Number != 610 {
			t.Errorf("%s %v", r.Status, r.Values)
		}
		other := reportPathOf("community-01", "2019Q2")
		v.get(other)
		v.upload(other+"/upload", "file", "a.xlsx", template).has(t, http.StatusUnprocessableEntity, "没有作任何更改", "不是2019年第二季度的")
		v.upload(other+"/upload", "file", "a.xlsx", []byte("noise")).has(t, http.StatusUnprocessableEntity, "不是完好的 xlsx 工作簿")
		v.upload(other+"/upload", "wrong", "a.xlsx", template).has(t, http.StatusUnprocessableEntity, "请先选择文件")
	})
}

// TestBatchOnPages: lists come as a workbook and as CSV, in the reader's scope, and go back in.
func TestBatchOnPages(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-02", "2019Q2", reportingtest.Community)
		v := s.as(t, "reviewer-340700")
		v.get("/reports?period=2019Q3").has(t, http.StatusOK, "批量模板", "批量上传", `href="/reports/export?period=2019Q3&amp;form=progress&amp;format=xlsx"`)
		csv := v.get("/reports/export?format=csv")
		csv.has(t, http.StatusOK, "\xef\xbb\xbfunit,form,period,item,value", "community-02,progress,2019Q2,m1_2,40")
		if strings.Contains(csv.body, "community-01") {
			t.Error("the CSV has another city's reports")
		}
		book := v.get("/reports/export?form=progress&format=xlsx&period=2019Q3")
		book.has(t, http.StatusOK)
		v.get("/upload").has(t, http.StatusOK, `name="file"`)
		v.upload("/upload", "file", "b.xlsx", []byte(book.body)).has(t, http.StatusOK, "无变化 2 份")
		v.get("/reports/export?format=xlsx").has(t, http.StatusBadRequest, "请选定一种报表")
		v.get("/reports/export?format=csv&form=none").has(t, http.StatusNotFound)
		v.get("/reports/export?format=docx").has(t, http.StatusNotFound)
		v.get("/reports/export?format=csv&scope=340100").has(t, http.StatusForbidden)
		s.as(t, "viewer").get("/reports").has(t, http.StatusOK, "导出 CSV")
	})
}

// TestLargeUploads: only who may file may post more than a form.
func TestLargeUploads(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	large := bytes.Repeat([]byte("x"), 3<<20)
	clerk := s.as(t, "clerk-community-01")
	clerk.get("/upload")
	clerk.upload("/upload", "file", "a.xlsx", large).has(t, http.StatusUnprocessableEntity, "不是完好的 xlsx 工作簿")
	viewer := s.as(t, "viewer")
	viewer.get("/reports")
	viewer.upload("/upload", "file", "a.xlsx", large).has(t, http.StatusRequestEntityTooLarge)
	nobody := s.visitor(t)
	nobody.get("/login")
	nobody.upload("/upload", "file", "a.xlsx", large).has(t, http.StatusRequestEntityTooLarge)
	clerk.upload("/upload", "file", "a.xlsx", bytes.Repeat([]byte("x"), 66<<20)).has(t, http.StatusBadRequest, "64 MiB")
}

// TestWorkbookInEnglish: the template speaks the reader's language and is read whatever that is.
func TestWorkbookInEnglish(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	var b bytes.Buffer
	clerk := s.Actor(t, "clerk-community-01")
	files := exchange.New(s.Reports, s.Forms)
	if err := files.Template(t.Context(), clerk, locale.For(locale.English), reportingtest.Ref("community-01", "2019Q3"), &b); err != nil {
		t.Fatal(err)
	}
	result, err := files.Read(t.Context(), clerk, exchange.File{ReaderAt: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}, exchange.Options{})
	if err != nil || result.Unchanged != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}
