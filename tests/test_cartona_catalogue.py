from .cartona import CartonaCase


def row(number, internal, name, base, unit="piece", count=1, price=10.0, **more):
    """A row of Cartona's product list, with its own spelling."""
    shown = {"suppler_prodcut_id": str(number), "suppler_prodcut_name": name, "internal_product_id": internal}
    shown.update(base_product_id=base, unit=unit, unit_count=count, selling_price=price, is_published=True)
    return {**shown, "is_bundle": False, **more}


class TestCartonaCatalogue(CartonaCase):
    def setUp(self):
        super().setUp()
        self.list = [
            row(1, "PEN", "Pen", "70"),
            row(2, "PEN#12", "Pen, dozen", "70", "dozen", 12),
            row(3, "6291041500213", "Milk", "71"),
            row(4, None, "Rice", "72", "bag", 1),
            row(5, "NOBODY", "Unknown thing", "73"),
            row(6, "SUG-1", "Sugar", "74"),
            row(7, "SET", "Set", "75", is_bundle=True),
        ]
        self.pen = self._product("Pen", 2, default_code="PEN")
        self.milk = self._product("Milk 1 l", 3, barcode="6291041500213")
        self.rice = self._product("Rice", 4)
        self.kit = self._product("Office set", 9, default_code="SET")

    def answer(self, request, body):
        if request.method == "GET" and "supplier-product?" in request.url:
            query = dict(pair.split("=") for pair in request.url.partition("?")[2].split("&"))
            start = (int(query["page"]) - 1) * int(query["per_page"])
            return 200, self.list[start : start + int(query["per_page"])], {}
        return super().answer(request, body)

    def read_list(self):
        self.cartona.action_read_catalogue()
        self.wake_and_drain()
        return {r.name: r for r in self.env["sync.hub.remote.product"].search([("connector_id", "=", self.cartona.id)])}

    def test_proposals_by_id_reference_barcode_name_and_as_packs(self):
        rows = self.read_list()
        told = {name: (r.chosen_product_id.name, r.confidence, r.factor) for name, r in rows.items()}
        self.assertEqual(
            told,
            {
                "Pen": ("Pen", "certain", 1),
                "Pen, dozen": ("Pen", "likely", 12),
                "Milk": ("Milk 1 l", "certain", 1),
                "Rice": ("Rice", "weak", 1),
                "Unknown thing": (False, "none", 1),
                "Sugar": ("Sugar", "certain", 1),
                "Set": ("Office set", "certain", 1),
            },
        )
        self.assertEqual(rows["Sugar"].match_state, "linked")

    def test_nothing_is_written_before_the_preview_is_confirmed(self):
        rows = self.read_list()
        self.assertFalse(self.pen.cartona_id)
        wizard = self.env["sync.hub.link.wizard"].create({"connector_id": self.cartona.id, "min_confidence": "weak"})
        self.assertEqual(wizard.count, 5)
        wizard.action_link()
        self.assertEqual((self.pen.cartona_id, self.milk.cartona_id), ("PEN", "6291041500213"))
        packs = self.env["sync.hub.binding"].search([("res_id", "=", self.pen.id), ("entity", "=", "product")])
        self.assertEqual(
            sorted((b.remote_id, b.factor, b.from_field, b.base_ref) for b in packs),
            [("PEN", 1, True, "70"), ("PEN#12", 12, False, "70")],
        )
        # Cartona has no id of ours for it: its own number serves.
        rice = self.env["sync.hub.binding"].search([("res_id", "=", self.rice.id), ("entity", "=", "product")])
        self.assertEqual(rice.remote_id, "supplier_product_id=4")
        self.assertEqual(set(rows["Pen"].mapped("match_state")), {"linked"})
        self.assertEqual((rows["Pen, dozen"].factor, rows["Pen"].factor), (12, 1))
        self._set_stock(self.pen, 25)
        self.remote.calls.clear()
        self.wake_and_drain()
        sent = {}
        for item in self.remote.items:
            sent.setdefault(item.get("internal_product_id") or item.get("supplier_product_id"), {}).update(item)
        self.assertEqual((sent["PEN"]["available_stock_quantity"], sent["PEN#12"]["available_stock_quantity"]), (25, 2))
        self.assertEqual(sent["4"]["selling_price"], 4)

    def test_packs_of_a_linked_product_are_proposed_for_it(self):
        self.list[1] = row(2, "OTHER-CODE", "Pens in a box", "70", "box", 50)
        rows = self.read_list()
        self.assertFalse(rows["Pens in a box"].chosen_product_id)
        rows["Pen"]._link()
        rows["Pens in a box"]._match()
        self.assertEqual((rows["Pens in a box"].chosen_product_id, rows["Pens in a box"].factor), (self.pen, 50))

    def test_a_file_goes_out_and_comes_in(self):
        self.read_list()
        Row = self.env["sync.hub.remote.product"]
        header = ["connector_id", "remote_id", "chosen_reference", "factor"]
        exported = Row.search([("name", "=", "Unknown thing")]).export_data(header)["datas"]
        self.assertEqual(exported, [[self.cartona.name, "NOBODY", "", 1.0]])
        loaded = Row.load(header, [[self.cartona.name, "NOBODY", "PEN", "6"]])
        self.assertFalse(loaded["messages"])
        found = Row.search([("remote_id", "=", "NOBODY")])
        self.assertEqual((found.chosen_product_id, found.factor, found.by_hand), (self.pen, 6, True))
        self.assertFalse(found.product_id)

    def test_all_pages_and_what_is_gone(self):
        self.list = [row(100 + n, f"GEN-{n}", f"Generated {n}", str(9000 + n)) for n in range(230)]
        self.assertEqual(len(self.read_list()), 230)
        self.list = self.list[:-1]
        rows = self.read_list()
        self.assertEqual([name for name, r in rows.items() if r.gone], ["Generated 229"])

    def test_two_rows_with_one_internal_id_stay_two(self):
        self.list = [row(1, "PEN", "Pen", "70"), row(2, "PEN", "Pen, dozen", "70", "dozen", 12)]
        rows = self.read_list()
        ids = {r.remote_id for r in rows.values()}
        self.assertEqual(ids, {"PEN", "supplier_product_id=2"})
        rows = self.read_list()
        self.assertEqual({r.remote_id for r in rows.values() if not r.gone}, ids)

    def test_unlinking_leaves_the_other_packs(self):
        rows = self.read_list()
        (rows["Pen"] | rows["Pen, dozen"])._link()
        rows["Pen, dozen"].action_unlink_products()
        self.assertEqual(self.pen.cartona_id, "PEN")
        self.assertEqual(rows["Pen"].match_state, "linked")
        self.assertNotEqual(rows["Pen, dozen"].match_state, "linked")

    def test_a_bundle_is_linked_as_one(self):
        rows = self.read_list()
        rows["Set"]._link()
        self.wake_and_drain()
        row = self._rows(self.cartona, flow="stock", res_id=self.kit.id)[-1]
        self.assertStates(row, [("skipped", "ignored")])
        self.assertIn("bundle", row.result)

    def test_an_orders_line_finds_the_pack_by_any_of_its_names(self):
        rows = self.read_list()
        rows["Rice"].chosen_product_id = self.rice
        rows["Rice"]._link()
        line = {"id": 1, "supplier_product_id": "4", "product_name": "Rice", "amount": 2, "selling_price": 4}
        self.webhook({"hashed_id": "R", "status": "pending", "total_price": 8, "order_details": [line],
                      "retailer": {"retailer_code": "R1", "retailer_name": "R"}})  # fmt: skip
        self.assertEqual(self.sale("R").order_line.product_id, self.rice)
