"""What staff and trainers read of evaluations: figures of five people or more, by course, version, session and agency."""
