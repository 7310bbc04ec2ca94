"""The book's reference implementation: NumPy in, NumPy out, every loss in nats."""
