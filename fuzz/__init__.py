"""The front end against text that nobody would write; see docs/fuzzing.md."""
