package analytics

// TakeAtOnce has a refresh take so many acts in one transaction.
func (s *Service) TakeAtOnce(n int) { s.most = n }
