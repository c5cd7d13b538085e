module pilotboard

go 1.26
