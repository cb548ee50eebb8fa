"""A web process with the endpoint of the chaos test; says the port that it listens on.

python -m tests.chaos.web_process
"""

import socket
import sys

import uvicorn

from tests.chaos.domain import DOMAIN
from unwrapped.application import build_app
from unwrapped.cli.web_server import server_options
from unwrapped.core.domain import load_configuration
from unwrapped.main import DOMAINS

if __name__ == "__main__":
    domains = (*DOMAINS, DOMAIN)
    configuration = load_configuration(domains)
    app = build_app(configuration, domains)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(app, **server_options(configuration.core))
        uvicorn.Server(config).run(sockets=[bound])
