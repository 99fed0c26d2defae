package process

// Support says which mechanisms this machine and wafer's user allow.
func Support() Report {
	return Report{Active: []Mechanism{Session, ParentDeath}}
}
