"""The files of a repository: found, classified, read and parsed on demand."""
