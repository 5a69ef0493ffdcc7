"""The web desk as a process to measure."""

import argparse

from desk.web.application import desk_application
from desk.web.engine import Engine
from desk.web.serving import serve
from engine.address import Address

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", required=True)
    typed = parser.parse_args()
    serve(desk_application(Engine(Address(host=typed.address))), typed.port, seconds_to_finish=1)
