package main

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"pilotboard/pkg/notify"
	"pilotboard/pkg/period"
)

// Config is every setting; flags go before the environment.
type Config struct {
	DatabaseURL   string `name:"database-url" env:"PILOTBOARD_DATABASE_URL" placeholder:"sqlite:data/pilotboard.db" help:"sqlite:PATH or postgres://…"`
	ReplicaURLs   string `name:"replica-urls" env:"PILOTBOARD_REPLICA_URLS" placeholder:"postgres://…,postgres://…" help:"Streaming replicas of the database, for reads."`
	Addr          string `env:"PILOTBOARD_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	BaseURL       string `name:"base-url" env:"PILOTBOARD_BASE_URL" help:"Address that people use, when it differs."`
	DataDir       string `name:"data-dir" env:"PILOTBOARD_DATA_DIR" default:"data" help:"Folder for evidence files."`
	EvidenceURL   string `name:"evidence-url" env:"PILOTBOARD_EVIDENCE_URL" placeholder:"URL" help:"file:///PATH or s3://BUCKET?region=REGION for evidence files, instead of the folder."`
	SMTPURL       string `name:"smtp-url" env:"PILOTBOARD_SMTP_URL" placeholder:"smtp://user:pass@host:port" help:"Mail server, or smtps://…; without it no mail is sent."`
	MailFrom      string `name:"mail-from" env:"PILOTBOARD_MAIL_FROM" placeholder:"ADDRESS" help:"Whom mail is from."`
	WebhookURL    string `name:"webhook-url" env:"PILOTBOARD_WEBHOOK_URL" placeholder:"URL" help:"Robot of the office's group; without it nothing is posted."`
	WebhookFormat string `name:"webhook-format" env:"PILOTBOARD_WEBHOOK_FORMAT" placeholder:"wecom|dingtalk" help:"Whose robot it is."`
	Today         string `env:"PILOTBOARD_TODAY" placeholder:"DATE" help:"A business date for demonstrations; every page then says so."`
}

// defaultDatabase is where serve and the commands keep their data when nothing else is said.
const defaultDatabase = "sqlite:data/pilotboard.db"

// databaseURL gives the configured database.
func (c Config) databaseURL() string {
	if c.DatabaseURL == "" {
		return defaultDatabase
	}
	return c.DatabaseURL
}

// replicaURLs gives the configured replicas.
func (c Config) replicaURLs() []string {
	return strings.FieldsFunc(c.ReplicaURLs, func(r rune) bool { return r == ',' || r == ' ' })
}

// replicaProblems gives what is wrong with the replicas; an address may hold a password, so none is named.
func (c Config) replicaProblems() []string {
	for i, replica := range c.replicaURLs() {
		if u, err := url.Parse(replica); err != nil || u.Host == "" || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
			return []string{fmt.Sprintf("PILOTBOARD_REPLICA_URLS: the %d. is not postgres://…", i+1)}
		}
		if strings.HasPrefix(c.databaseURL(), "sqlite:") {
			return []string{"PILOTBOARD_REPLICA_URLS: only a database at postgres://… has replicas"}
		}
	}
	return nil
}

// validate gives everything that is wrong, one line each.
func (c Config) validate() []string {
	var problems []string
	if url := c.databaseURL(); !strings.HasPrefix(url, "sqlite:") && !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		problems = append(problems, "PILOTBOARD_DATABASE_URL: must start with sqlite: or postgres://")
	}
	problems = append(problems, c.replicaProblems()...)
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		problems = append(problems, fmt.Sprintf("PILOTBOARD_ADDR: %q is not HOST:PORT", c.Addr))
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		problems = append(problems, fmt.Sprintf("PILOTBOARD_BASE_URL: %q is not an http or https address", c.BaseURL))
	}
	if url := c.EvidenceURL; url != "" && !strings.HasPrefix(url, "file:///") && !strings.HasPrefix(url, "s3://") {
		problems = append(problems, "PILOTBOARD_EVIDENCE_URL: must start with file:/// or s3://")
	}
	if c.Today != "" {
		if _, err := period.ParseDate(c.Today); err != nil {
			problems = append(problems, fmt.Sprintf("PILOTBOARD_TODAY: %q is not a date like 2019-10-12", c.Today))
		}
	}
	_, wrong := c.outlets()
	return append(problems, wrong...)
}

// sending says how notices leave the program.
func (c Config) sending() notify.Options {
	options, _ := c.outlets() // validate has told what is wrong
	options.BaseURL = c.baseURL()
	return options
}

// outlets gives the ways out that are on, and what is wrong with their settings. What is wrong never
// names an address: passwords and keys are part of it.
func (c Config) outlets() (options notify.Options, problems []string) {
	var err error
	if c.SMTPURL != "" {
		if options.Mail, err = notify.NewMail(c.SMTPURL, c.MailFrom); err != nil {
			problems = append(problems, "PILOTBOARD_SMTP_URL, PILOTBOARD_MAIL_FROM: "+err.Error())
		}
	}
	if c.WebhookURL != "" {
		if options.Webhook, err = notify.NewWebhook(c.WebhookURL, c.WebhookFormat); err != nil {
			problems = append(problems, "PILOTBOARD_WEBHOOK_URL, PILOTBOARD_WEBHOOK_FORMAT: "+err.Error())
		}
	}
	return options, problems
}

// baseURL gives the address that people use.
func (c Config) baseURL() string {
	if c.BaseURL != "" {
		return strings.TrimSuffix(c.BaseURL, "/")
	}
	return "http://" + c.Addr
}

// businessDay gives the demonstration date; zero when the real date holds.
func (c Config) businessDay() period.Date {
	day, err := period.ParseDate(c.Today)
	if err != nil { // validate has refused everything but the empty text
		return period.Date{}
	}
	return day
}

// clock gives the moment as the settings want it.
func (c Config) clock() period.Clock {
	if day := c.businessDay(); !day.IsZero() {
		return period.ClockOn(day)
	}
	return period.SystemClock
}
