"""What a maintainer of the book runs, each as `python -m tools.NAME` from the book's root."""
