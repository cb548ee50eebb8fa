"""Durable background tasks: row, queue, runner, worker."""
