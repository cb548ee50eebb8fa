"""A web process with the endpoint of the chaos test; says the port that it listens on.

python -m tests.chaos.web_process
"""

import socket
import sys

import uvicorn

from tests.chaos.domain import DOMAIN
from unwrapped.application import build_app
from unwrapped.cli.serve import server_options
from unwrapped.core.config import load_settings
from unwrapped.main import DOMAINS

if __name__ == "__main__":
    settings = load_settings()
    app = build_app(settings, (*DOMAINS, DOMAIN))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(app, **server_options(settings))
        uvicorn.Server(config).run(sockets=[bound])
