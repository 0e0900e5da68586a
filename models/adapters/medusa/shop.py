"""What a Medusa shop has besides products: channels, profiles, categories, and the pictures that we upload."""

import re

from ..errors import MappingError, RejectedError
from .parts import plain

#: What marks the name of a picture that we have uploaded; the mark of its content follows.
MARK = "odoo-"
#: Endings of file names by type.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg"}


class Shop:
    """What the shop has besides products; read once for a push, and only when it is needed."""

    def __init__(self, api):
        self.api = api
        #: {Odoo's category id: Medusa's} of what was found or made.
        self.made = {}
        self._all_categories = self._terms = None

    def terms(self):
        """Where a new product is sold and how it is shipped."""
        if self._terms is None:
            channels = self._named("sales-channels", "sales_channels", self.api.config["remote_channel"])
            if not channels:
                stores = self.api.get("/admin/stores", fields="id,default_sales_channel_id")["stores"]
                channels = [store["default_sales_channel_id"] for store in stores[:1]]
            profiles = self._named("shipping-profiles", "shipping_profiles", self.api.config["remote_profile"])
            if not profiles:
                every = self.api.get("/admin/shipping-profiles", fields="id,type")["shipping_profiles"]
                profiles = [row["id"] for row in sorted(every, key=lambda row: row["type"] != "default")]
            self._terms = {"sales_channels": [{"id": channel} for channel in channels if channel]}
            if profiles:
                self._terms["shipping_profile_id"] = profiles[0]
        return self._terms

    def _named(self, path, name, wanted):
        """Ids of the records whose names the connector tells.

        :raises MappingError: there is none of that name.
        """
        names = [part.strip() for part in (wanted or "").split(",") if part.strip()]
        if not names:
            return []
        rows = {plain(row["name"]): row["id"] for row in self.api.list(f"/admin/{path}", name, fields="id,name")}
        missing = [text for text in names if plain(text) not in rows]
        if missing:
            raise MappingError(
                f"Medusa has no {name.replace('_', ' ')} '{missing[0]}'. Correct the name in Sync Hub > "
                "Configuration > Connectors, page Goes out.",
                field=name,
                value=missing[0],
                code="shop_terms",
            )
        return [rows[plain(text)] for text in names]

    def categories(self, card):
        """Ids of the category that the product is in: found by name below its parent, else made. None: left alone."""
        if card.category is None:
            return None
        parent = None
        for step in card.category:
            parent = self._category(step, parent)
        return [parent] if parent else []

    def _category(self, step, parent):
        every = self._categories()
        remote_id = step.remote_id or self.made.get(step.id)
        found = remote_id and next((row for row in every if row["id"] == remote_id), None)
        same = [row for row in every if plain(row["name"]) == plain(step.name) and row["parent_category_id"] == parent]
        row = found or (same[0] if same else self._make(step, parent))
        self.made[step.id] = row["id"]
        return row["id"]

    def _categories(self):
        if self._all_categories is None:
            fields = "id,name,parent_category_id"
            self._all_categories = self.api.list("/admin/product-categories", "product_categories", fields=fields)
        return self._all_categories

    def _make(self, step, parent):
        # Two categories of one name would have one address.
        handle = re.sub(r"[^a-z0-9]+", "-", step.name.casefold()).strip("-")
        body = {"name": step.name, "handle": "-".join(filter(None, [handle, step.id])), "is_active": True}
        if parent:
            body["parent_category_id"] = parent
        row = self.api.post("/admin/product-categories", body, fields="id,name,parent_category_id")["product_category"]
        row.setdefault("parent_category_id", parent)
        self._all_categories.append(row)
        return row

    # -------------------------------------------------------- pictures

    def pictures(self, card, product):
        """The fields that bring the product's pictures in line; what others have put there stays."""
        if card.pictures is None:
            return {}
        present = [image["url"] for image in product["images"] or ()]
        ours = {url: mark_of(url) for url in present if mark_of(url)}
        urls = {mark: url for url, mark in ours.items()}
        wanted = []
        for picture in card.pictures:
            if picture.mark not in urls and picture.data:
                urls[picture.mark] = self._upload(card, picture)
            if picture.mark in urls:
                wanted.append(urls[picture.mark])
        target = [*wanted, *(url for url in present if url not in ours)]
        if target == present:
            return {}
        changes = {"images": [{"url": url} for url in target]}
        if product["thumbnail"] in (None, *ours):
            changes["thumbnail"] = target[0] if target else None
        return changes

    def _upload(self, card, picture):
        name = f"{card.handle or 'product'}-{MARK}{picture.mark}.{ENDINGS.get(picture.mimetype, 'bin')}"
        answer = self.api.upload("/admin/uploads", name, picture.data, picture.mimetype)
        files = answer.get("files") or []
        if not files or not files[0].get("url"):
            raise RejectedError("Medusa has taken a picture and does not say where it is.")
        return files[0]["url"]


def mark_of(url):
    """The mark of the content of a picture that we have uploaded, None for others."""
    found = re.search(rf"{MARK}([0-9a-f]{{16}})", url)
    return found and found[1]
