package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// composed lists the beginnings of keys that code puts together at run time.
var composed = []string{
	"act.",    // + what was done, in a history
	"light.",  // + state of a light
	"role.",   // + role of a user
	"status.", // + status of a report
}

func isComposed(key string) bool {
	for _, prefix := range composed {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// TestKeysAndCodeAgree: every key that Go code or a template asks for has a text, and every text is
// asked for.
func TestKeysAndCodeAgree(t *testing.T) {
	texts, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	asked, mentioned := walkSource(t)
	for key, where := range asked {
		if _, ok := texts[Chinese][key]; !ok && !slices.Contains(composed, key) {
			t.Errorf("%s: message %s has no text", where, key)
		}
	}
	for key := range texts[Chinese] {
		if !mentioned[key] && !isComposed(key) {
			t.Errorf("message %s is used nowhere", key)
		}
	}
}

// walkSource gives the keys that are asked for, with the place of one use, and every text that code or
// templates mention at all.
func walkSource(t *testing.T) (asked map[string]string, mentioned map[string]bool) {
	t.Helper()
	asked, mentioned = map[string]string{}, map[string]bool{}
	packages := map[string]*goPackage{}
	for _, top := range []string{"cmd", "dashboards", "pkg"} {
		root := filepath.Join("..", "..", top)
		if _, err := os.Stat(root); os.IsNotExist(err) {
			continue
		}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "static") {
				return filepath.SkipDir
			}
			switch {
			case strings.HasSuffix(path, "_test.go"):
			case strings.HasSuffix(path, ".go"):
				return addGo(packages, path)
			case strings.HasSuffix(path, ".html"), strings.HasSuffix(path, ".tmpl"), strings.HasSuffix(path, ".gohtml"):
				return addTemplate(path, asked, mentioned)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range packages {
		p.collect(asked, mentioned)
	}
	return asked, mentioned
}

var (
	templateCall = regexp.MustCompile("\\b[tT] +[\"`]([^\"`]+)[\"`]")
	templateText = regexp.MustCompile("[\"`]([a-z][a-z0-9_.-]+)[\"`]")
)

func addTemplate(path string, asked map[string]string, mentioned map[string]bool) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range templateCall.FindAllStringSubmatch(string(data), -1) {
		asked[m[1]] = path
	}
	for _, m := range templateText.FindAllStringSubmatch(string(data), -1) {
		mentioned[m[1]] = true
	}
	return nil
}

// goPackage is the non-test source of one folder.
type goPackage struct {
	set   *token.FileSet
	files []*ast.File
	// takes tells which argument of a function is a message key, by the function's name.
	takes map[string]int
}

func addGo(packages map[string]*goPackage, path string) error {
	dir := filepath.Dir(path)
	p := packages[dir]
	if p == nil {
		p = &goPackage{set: token.NewFileSet(), takes: map[string]int{"fault.New": 1, "With": 1, "T": 0, "t": 0, "Has": 0}}
		packages[dir] = p
	}
	file, err := parser.ParseFile(p.set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	p.files = append(p.files, file)
	return nil
}

func (p *goPackage) collect(asked map[string]string, mentioned map[string]bool) {
	for p.learn() { // until no function is found any more that hands its parameter on as a key
	}
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := literal(n); ok {
				mentioned[text] = true
			}
			if e := p.keyOf(n); e != nil {
				if text, ok := literal(start(e)); ok && strings.Contains(text, ".") {
					asked[text] = p.set.Position(e.Pos()).String()
				}
			}
			return true
		})
	}
}

// learn finds a function of this package that hands one of its parameters on as a key.
func (p *goPackage) learn() bool {
	for _, file := range p.files {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if _, known := p.takes[fn.Name.Name]; known {
				continue
			}
			if i := p.handsOn(fn); i >= 0 {
				p.takes[fn.Name.Name] = i
				return true
			}
		}
	}
	return false
}

// handsOn gives the index of the parameter that fn uses as a key, or -1.
func (p *goPackage) handsOn(fn *ast.FuncDecl) int {
	index, found := map[string]int{}, -1
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			index[name.Name] = len(index)
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if name, ok := p.keyOf(n).(*ast.Ident); ok {
			if i, ok := index[name.Name]; ok {
				found = i
			}
		}
		return true
	})
	return found
}

// keyOf gives the expression in n that is a message key: an argument, or the Key of a Message.
func (p *goPackage) keyOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, qualified := callee(n)
		i, ok := p.takes[qualified]
		if !ok {
			i, ok = p.takes[name]
		}
		if ok && i < len(n.Args) {
			return n.Args[i]
		}
	case *ast.CompositeLit:
		if typeName(n.Type) != "Message" || len(n.Elts) == 0 {
			return nil
		}
		if pair, ok := n.Elts[0].(*ast.KeyValueExpr); ok {
			return pair.Value
		}
		return n.Elts[0]
	}
	return nil
}

func callee(call *ast.CallExpr) (name, qualified string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return f.Sel.Name, x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name, f.Sel.Name
	}
	return "", ""
}

func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	}
	return ""
}

// start gives the leftmost part of a text that is put together with +.
func start(e ast.Expr) ast.Node {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			return e
		}
		e = sum.X
	}
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
