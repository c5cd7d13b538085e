package database

import (
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

func openPostgres(url string) gorm.Dialector {
	return postgres.New(postgres.Config{DSN: url})
}
