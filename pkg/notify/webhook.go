package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The formats of group robots, and how long a text the one for 企业微信 takes, in bytes.
const (
	WeCom     = "wecom"
	DingTalk  = "dingtalk"
	wecomMost = 2048
)

// Webhook is the robot of a group of 企业微信 or 钉钉. Its address is a secret.
type Webhook struct {
	address string
	format  string
	client  *http.Client
}

// NewWebhook takes the address that the group's robot was given and its format. Its errors do not name
// the address.
func NewWebhook(address, format string) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("is not an http or https address")
	}
	if format != WeCom && format != DingTalk {
		return nil, fmt.Errorf("needs the format %s or %s", WeCom, DingTalk)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Webhook{address: address, format: format, client: client}, nil
}

// send posts one message. The robots answer 200 whatever happens; their errcode tells.
func (w *Webhook) send(ctx context.Context, m messageRow) error {
	body, err := json.Marshal(w.payload(m))
	if err != nil {
		return fmt.Errorf("write a message to the group: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the webhook's address is wrong") // err would tell it
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := w.client.Do(req)
	if err != nil {
		var told *url.Error // it tells the address
		if errors.As(err, &told) {
			err = told.Err
		}
		return fmt.Errorf("reach the webhook: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the webhook answered %d", res.StatusCode)
	}
	answer := struct {
		Code *int   `json:"errcode"`
		Text string `json:"errmsg"`
	}{}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&answer); err != nil || answer.Code == nil {
		return errors.New("the webhook's answer has no errcode")
	}
	if *answer.Code != 0 {
		return fmt.Errorf("the webhook refused: errcode %d %s", *answer.Code, answer.Text)
	}
	return nil
}

// payload is the message in the robot's format.
func (w *Webhook) payload(m messageRow) any {
	if w.format == DingTalk {
		return map[string]any{"msgtype": "markdown", "markdown": map[string]string{
			"title": m.Subject, "text": "#### " + markdown(m.Subject) + "\n\n" + markdown(m.Body),
		}}
	}
	text := m.Subject + "\n\n" + m.Body
	if len(text) > wecomMost {
		cut := wecomMost - len("…")
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	return map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
}

// marks are what markdown would take for more than text.
var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "!", `\!`)

// markdown gives text line by line as it stands; lines that are addresses stay links.
func markdown(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "http://") && !strings.HasPrefix(line, "https://") {
			lines[i] = marks.Replace(line)
		}
	}
	return strings.Join(lines, "\n\n")
}
