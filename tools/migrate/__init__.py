"""Write, check and apply the migrations, with Atlas's engine (tools/atlas)."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
