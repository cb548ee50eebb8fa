"""What players report: scrobbles in foreign dialects, stored at once and merged soon."""
