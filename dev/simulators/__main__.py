"""python -m simulators [--host 127.0.0.1] [--port 8170] [--odoo-url http://127.0.0.1:8069]"""

import argparse

from .server import Server


def main():
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8170)
    parser.add_argument("--odoo-url", default="http://127.0.0.1:8069")
    args = parser.parse_args()
    server = Server(args.port, args.odoo_url, host=args.host)
    print(f"Simulators at {server.url}: " + ", ".join(f"/{name}" for name in server.remotes), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
