"""Running tasks: the worker, what it takes from the queue, one attempt at a task."""
