"""Simulators of the remote systems, for the demo and the end-to-end tests."""
