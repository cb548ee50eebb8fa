"""HTTP as every domain meets it: middleware, problems, health."""
