package notify

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"

	"github.com/wneessen/go-mail"
)

// Mail is a server that takes mail, and whom it is from.
type Mail struct {
	host    string
	from    string
	options []mail.Option
}

// NewMail reads smtp://user:password@host:port (encrypted where the server offers it) or smtps://…
// (always); user and port may be left out. from is an address, with or without a name. Its errors name
// neither address nor password.
func NewMail(address, from string) (*Mail, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("is not smtp://user:password@host:port or smtps://…")
	}
	if _, err := netmail.ParseAddress(from); err != nil {
		return nil, errors.New("needs a mail address to send from")
	}
	m := &Mail{host: u.Hostname(), from: from, options: []mail.Option{mail.WithTimeout(sendTime)}}
	port := 25
	if u.Scheme == "smtps" {
		port = 465
		m.options = append(m.options, mail.WithSSL())
	} else {
		m.options = append(m.options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port == 0 || port > 65535 {
			return nil, errors.New("has a port that is none")
		}
	}
	m.options = append(m.options, mail.WithPort(port))
	if password, ok := u.User.Password(); ok {
		m.options = append(m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	return m, nil
}

// send hands one message to the server. A message that is sent again has the same Message-ID, so that
// servers can tell.
func (m *Mail) send(ctx context.Context, row messageRow) error {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := message.From(m.from); err != nil {
		return fmt.Errorf("write the sender: %w", err)
	}
	if err := message.To(row.Recipient); err != nil {
		return fmt.Errorf("write the recipient: %w", err)
	}
	message.Subject(row.Subject)
	message.SetDateWithValue(row.CreatedAt)
	message.SetMessageIDWithValue(row.ID + "@pilotboard")
	message.SetBodyString(mail.TypeTextPlain, row.Body)
	client, err := mail.NewClient(m.host, m.options...)
	if err != nil {
		return fmt.Errorf("prepare to send mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return fmt.Errorf("hand over the mail: %w", err)
	}
	return nil
}
