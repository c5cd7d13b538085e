package notify

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/locale"
)

// longestMessage is how many notices a message lists; the inbox has the rest.
const longestMessage = 20

// message puts notices of one reader into words, in the reader's language: the newest of total, at most
// longestMessage of them. subject is the key for a message of more than one.
func (s *Service) message(user accounts.User, id int64, rows []noticeRow, total int, subject string) (messageRow, error) {
	words := locale.For(user.Language)
	notices := make([]Notice, min(len(rows), longestMessage))
	for i := range notices {
		n, err := rows[i].notice()
		if err != nil {
			return messageRow{}, err
		}
		notices[i] = n
	}
	head := words.T(subject, total)
	if total == 1 {
		head = line(words, notices[0])
	}
	key, err := uuid.NewV7()
	if err != nil {
		return messageRow{}, fmt.Errorf("make a message id: %w", err)
	}
	now := s.now()
	m := messageRow{
		ID: key.String(), Channel: channelMail, Recipient: user.Email, Subject: words.T("notice.subject", head),
		Body: s.body(words, notices, total), CreatedAt: now, NotBefore: now,
	}
	if id == officeGroup {
		m.Channel, m.Recipient = channelWebhook, "" // its address is a secret and stays in the settings
	}
	return m, nil
}

// line is a notice as a message has it, marked when it is about a report of a demonstration.
func line(words locale.Printer, n Notice) string {
	if n.Sample() {
		return words.T("notice.sample", n.Text(words))
	}
	return n.Text(words)
}

func (s *Service) body(words locale.Printer, notices []Notice, total int) string {
	var b strings.Builder
	for _, n := range notices {
		b.WriteString(line(words, n) + "\n")
		if note := n.Note(); note != "" {
			b.WriteString(words.T("notice.quoted", note) + "\n")
		}
		b.WriteString(s.options.BaseURL + n.URL + "\n\n")
	}
	if more := total - len(notices); more > 0 {
		b.WriteString(words.T("notice.more", more) + "\n")
	}
	b.WriteString(words.T("notice.foot", s.options.BaseURL+"/inbox") + "\n")
	return b.String()
}
