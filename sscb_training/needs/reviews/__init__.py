"""What the board decides about needs: ready to review, closed, re-opened; each with its day, and never forgotten."""
