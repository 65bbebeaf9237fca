"""What a SARIF 2.1.0 log is made of: rules, results, and the places that they name."""
