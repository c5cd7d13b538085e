package evidence

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:///…
	_ "gocloud.dev/blob/s3blob"   // s3://…
)

// Files is where the content of files is kept, by its hash: a folder or an S3 bucket. The same content
// is kept once, whichever units it belongs to, and writing it again changes nothing.
type Files struct {
	bucket *blob.Bucket
}

// OpenFiles opens the folder or bucket of a `file:///…` or `s3://BUCKET?region=…` URL. A folder must be
// there; an S3 bucket is not asked for anything yet.
func OpenFiles(ctx context.Context, address string) (*Files, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the address of the evidence files: %w", err)
	}
	switch u.Scheme {
	case "s3":
	case "file":
		query := u.Query()
		query.Set("no_tmp_dir", "1") // a file cannot be moved from a temporary folder on another disk
		query.Set("metadata", "skip")
		query.Set("dir_file_mode", "0750")
		u.RawQuery = query.Encode()
	default:
		return nil, fmt.Errorf("evidence files: the address %s must start with file:/// or s3://", u.Redacted())
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("open the evidence files: %w", err)
	}
	return &Files{bucket: bucket}, nil
}

// FolderURL makes a local folder, which only its owner and group may enter, and gives its URL.
func FolderURL(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(path, 0o750)
	}
	if err != nil {
		return "", fmt.Errorf("make the folder of the evidence files: %w", err)
	}
	path = filepath.ToSlash(path)
	if path[0] != '/' { // C:/…
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String(), nil
}

// Close lets go of the folder or bucket.
func (f *Files) Close() error { return f.bucket.Close() }

// contentKey and thumbnailKey say where content and thumbnail are kept; two levels of folders keep
// each small.
func contentKey(hash string) string   { return hash[:2] + "/" + hash[2:4] + "/" + hash }
func thumbnailKey(hash string) string { return "thumbnails/" + contentKey(hash) }

func (f *Files) write(ctx context.Context, key, contentType string, content []byte) error {
	if err := f.bucket.WriteAll(ctx, key, content, &blob.WriterOptions{ContentType: contentType}); err != nil {
		return fmt.Errorf("write an evidence file: %w", err)
	}
	return nil
}

func (f *Files) open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := f.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, fmt.Errorf("open an evidence file: %w", err)
	}
	return r, nil
}
