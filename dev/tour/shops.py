"""The demo's connectors as the tour needs them, whatever was tried out with them since."""

from talk import SIMULATORS, demo, rpc

#: Connector -> where its simulator listens, and with which secrets. They belong together: a connector forgets the
#: secrets of a host that it leaves, and the simulators may have another port than in the demo data.
SHOPS = {
    "demo_prestashop": {
        "url": "/prestashop",
        "token": "DEMOPRESTASHOPWEBSERVICEKEY00001",
        "webhook_secret": "demo-prestashop-secret",
    },
    "demo_cartona": {
        "url": "/cartona/api/v1",
        "token": "demo-cartona-token",
        "webhook_secret": "demo-cartona-secret",
    },
    "demo_vendor_api": {"url": "/vendor", "token": "demo-vendor-token"},
    "demo_vendor_shop": {"shop_url": "/vendor/api/sales-channels/integration", "shop_key": "demo-vendor-key"},
    "demo_medusa": {"url": "/medusa", "token": "sk_demo_medusa", "webhook_secret": "demo-medusa-secret"},
}
#: The simulators answer on this machine, without TLS.
TRUSTED = "127.0.0.1, localhost"


def connect():
    """Lead each connector to its simulator."""
    rpc("ir.config_parameter", "set_param", "sync_hub.trusted_hosts", TRUSTED)
    for name, settings in SHOPS.items():
        values = {field: SIMULATORS + value if value.startswith("/") else value for field, value in settings.items()}
        rpc("sync.hub.connector", "write", [demo(name)], values)
