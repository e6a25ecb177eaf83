"""Carrying graphs out: the pure engine, the outbox, and the flows that run both."""
