"""Tests of the SMART client against a small server of its own that misbehaves on demand."""
