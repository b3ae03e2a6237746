"""What every provider promises, held against each of ours."""
