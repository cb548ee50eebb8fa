"""Running tasks: the worker, its jobs from the queue, one attempt at a task."""
