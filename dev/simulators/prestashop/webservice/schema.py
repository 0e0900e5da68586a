"""The Webservice's resources: fields in their order, blanks, links, associations."""

from .fields import Association, Resource

AMOUNTS = "total_products=0.000000 total_products_wt=0.000000"
ROW_FIELDS = """id product_id=0>products product_attribute_id=0 product_quantity=0 product_name product_reference
 product_ean13 product_isbn product_upc product_price=0.000000 id_customization=0>customizations
 unit_price_tax_incl=0.000000 unit_price_tax_excl=0.000000"""
LIST = [
    Resource(
        "customers",
        "customer",
        """id_default_group=0>groups id_lang=0>languages newsletter_date_add=T ip_registration_newsletter=null
 last_passwd_gen=T secure_key deleted=0 passwd! lastname! firstname! email! id_gender=0 birthday=0000-00-00
 newsletter=0 optin=0 website company siret ape outstanding_allow_amount=0.000000 show_public_prices=0 id_risk=0
 max_payment_days=0 active=0 note is_guest=0 id_shop=0 id_shop_group=0 date_add=T date_upd=T reset_password_token
 reset_password_validity=T""",
        "The e-shop's customers",
        associations={"groups": Association("group", api="groups")},
    ),
    Resource(
        "addresses",
        "address",
        """id_customer=0>customers id_manufacturer=0>manufacturers id_supplier=0>suppliers id_warehouse=0>warehouses
 id_country!=0>countries id_state=0>states alias! company lastname! firstname! vat_number address1! address2 postcode
 city! other phone phone_mobile dni deleted=0 date_add=T date_upd=T""",
        "The Customer, Brand and Customer addresses",
    ),
    Resource(
        "orders",
        "order",
        """id_address_delivery!=0>addresses id_address_invoice!=0>addresses id_cart!=0>carts id_currency!=0>currencies
 id_lang!=0>languages id_customer!=0>customers id_carrier!=0>carriers current_state=0>order_states module!
 invoice_number=0 invoice_date=T delivery_number=0 delivery_date=T valid=0 date_add=T date_upd=T shipping_number~ note
 id_shop_group=0 id_shop=0 secure_key payment! recyclable=0 gift=0 gift_message mobile_theme=0
 total_discounts=0.000000 total_discounts_tax_incl=0.000000 total_discounts_tax_excl=0.000000 total_paid!=0.000000
 total_paid_tax_incl=0.000000 total_paid_tax_excl=0.000000 total_paid_real!=0.000000 total_products!=0.000000
 total_products_wt!=0.000000 total_shipping=0.000000 total_shipping_tax_incl=0.000000
 total_shipping_tax_excl=0.000000 carrier_tax_rate=0.000 total_wrapping=0.000000 total_wrapping_tax_incl=0.000000
 total_wrapping_tax_excl=0.000000 round_mode=0 round_type=0 conversion_rate!=0.000000 reference""",
        "The Customers orders",
        associations={"order_rows": Association("order_row", ROW_FIELDS)},
    ),
    Resource(
        "order_details",
        "order_detail",
        """id_order!=0>orders product_id=0>products product_attribute_id=0>combinations product_quantity_reinjected=0
 group_reduction=0.00 discount_quantity_applied=0 download_hash download_deadline=T id_order_invoice=0 id_warehouse=0
 id_shop=0 id_customization=0>customizations product_name! product_quantity!=0 product_quantity_in_stock=0
 product_quantity_return=0 product_quantity_refunded=0 product_price!=0.000000 reduction_percent=0.00
 reduction_amount=0.000000 reduction_amount_tax_incl=0.000000 reduction_amount_tax_excl=0.000000
 product_quantity_discount=0.000000 product_ean13 product_isbn product_upc product_mpn product_reference
 product_supplier_reference product_weight=0.000000 tax_computation_method=0 id_tax_rules_group=0 ecotax=0.000000
 ecotax_tax_rate=0.000 download_nb=0 unit_price_tax_incl=0.000000 unit_price_tax_excl=0.000000
 total_price_tax_incl=0.000000 total_price_tax_excl=0.000000 total_shipping_price_tax_excl=0.000000
 total_shipping_price_tax_incl=0.000000 purchase_supplier_price=0.000000 original_product_price=0.000000
 original_wholesale_price=0.000000 total_refunded_tax_excl=0.000000 total_refunded_tax_incl=0.000000""",
        "Details of an order",
        associations={"taxes": Association("tax", api="taxes")},
    ),
    Resource(
        "order_histories",
        "order_history",
        "id_employee=0>employees id_order_state!=0>order_states id_order!=0>orders date_add=T",
        "The Order histories",
    ),
    Resource(
        "order_payments",
        "order_payment",
        """order_reference id_currency!=0>currencies amount!=0.000000 payment_method conversion_rate=0.000000
 transaction_id card_number card_brand card_expiration card_holder date_add=T id_employee""",
        "The Order payments",
    ),
    Resource(
        "order_invoices",
        "order_invoice",
        f"""id_order!=0>orders number=0 delivery_number=0 delivery_date=T total_discount_tax_excl=0.000000
 total_discount_tax_incl=0.000000 total_paid_tax_excl=0.000000 total_paid_tax_incl=0.000000 {AMOUNTS}
 total_shipping_tax_excl=0.000000 total_shipping_tax_incl=0.000000 shipping_tax_computation_method=0
 total_wrapping_tax_excl=0.000000 total_wrapping_tax_incl=0.000000 shop_address note date_add=T""",
        "The Order invoices",
    ),
    Resource(
        "order_carriers",
        "order_carrier",
        """id_order!=0>orders id_carrier!=0>carriers id_order_invoice=0>order_invoices weight=0.000000
 shipping_cost_tax_excl=0.000000 shipping_cost_tax_incl=0.000000 tracking_number date_add=T""",
        "The Order carriers",
    ),
    Resource(
        "order_slip",
        "order_slip",
        """id_customer!=0>customers id_order!=0>orders conversion_rate!=0.000000 total_products_tax_excl!=0.000000
 total_products_tax_incl!=0.000000 total_shipping_tax_excl!=0.000000 total_shipping_tax_incl!=0.000000 amount=0.000000
 shipping_cost=0 shipping_cost_amount=0.000000 partial=0 date_add=T date_upd=T order_slip_type=0""",
        "The Order slips",
        plural="order_slips",
        associations={
            "order_slip_details": Association(
                "order_slip_detail",
                "id id_order_detail=0>order_details product_quantity=0 amount_tax_excl=0.000000 "
                "amount_tax_incl=0.000000",
            )
        },
    ),
    Resource(
        "order_cart_rules",
        "order_cart_rule",
        """id_order!=0>orders id_cart_rule!=0>cart_rules id_order_invoice=0>order_invoices name! value!=0.000000
 value_tax_excl!=0.000000 free_shipping=0 deleted=0""",
        "The Order cart rules",
    ),
    Resource(
        "cart_rules",
        "cart_rule",
        """id_customer=0>customers date_from!=T date_to!=T description quantity=0 quantity_per_user=0 priority=0
 partial_use=0 code=null minimum_amount=0.000000 minimum_amount_tax=0 minimum_amount_currency=0
 minimum_amount_shipping=0 country_restriction=0 carrier_restriction=0 group_restriction=0 cart_rule_restriction=0
 product_restriction=0 shop_restriction=0 free_shipping=0 reduction_percent=0.00 reduction_amount=0.000000
 reduction_tax=0 reduction_currency=0>currencies reduction_product=0 reduction_exclude_special=0 gift_product=0
 gift_product_attribute=0 highlight=0 active=0 date_add=T date_upd=T name!*""",
        "Cart rules management",
    ),
    Resource(
        "carriers",
        "carrier",
        """deleted=0 is_module=0 id_tax_rules_group#~=0>tax_rule_groups id_reference=0 name! active=0 is_free=0 url
 shipping_handling=0 shipping_external=0 range_behavior=0 shipping_method=0 max_width=0 max_height=0 max_depth=0
 max_weight=0.000000 grade=0 external_module_name need_range=0 position=0 delay!*""",
        "The Carriers",
    ),
    Resource(
        "currencies",
        "currency",
        """names* name! symbol* iso_code! numeric_iso_code precision=0 conversion_rate!=0.000000 deleted=0 active=0
 unofficial=0 modified=0 pattern*""",
        "The currencies",
    ),
    Resource(
        "countries",
        "country",
        """id_zone!=0>zones id_currency=0>currencies call_prefix=0 iso_code! active=0 contains_states!=0
 need_identification_number!=0 need_zip_code=0 zip_code_format display_tax_label!=0 name!*""",
        "The countries",
    ),
    Resource(
        "states", "state", "id_zone!=0>zones id_country!=0>countries iso_code! name! active=0", "The available states"
    ),
    Resource(
        "order_states",
        "order_state",
        """unremovable=0 delivery=0 hidden=0 send_email=0 module_name invoice=0 color logable=0 shipped=0 paid=0
 pdf_delivery=0 pdf_invoice=0 deleted=0 name!* template*""",
        "The Order statuses",
    ),
    Resource("taxes", "tax", "rate!=0.000 active=0 deleted=0 name!*", "The tax rate"),
    Resource(
        "tax_rules",
        "tax_rule",
        """id_tax_rules_group!=0>tax_rule_groups id_state=0>states id_country!=0>countries zipcode_from=0 zipcode_to=0
 id_tax!=0>taxes behavior=0 description""",
        "Tax rules entity",
    ),
    Resource("tax_rule_groups", "tax_rule_group", "name! active=0 deleted=0 date_add=T date_upd=T", "Tax rule groups"),
    Resource(
        "products",
        "product",
        """id_manufacturer=0>manufacturers id_supplier=0>suppliers id_category_default=0>categories new=null
 cache_default_attribute=0 id_default_image~=0 id_default_combination#~=0>combinations
 id_tax_rules_group=0>tax_rule_groups position_in_category~=0 manufacturer_name~ quantity~=0 type~ id_shop_default=0
 reference supplier_reference location width=0.000000 height=0.000000 depth=0.000000 weight=0.000000
 quantity_discount=0 ean13 isbn upc mpn cache_is_pack=0 cache_has_attachments=0 is_virtual=0 state=0
 additional_delivery_times=0 delivery_in_stock* delivery_out_stock* product_type on_sale=0 online_only=0
 ecotax=0.000000 minimal_quantity=0 low_stock_threshold=0 low_stock_alert=0 price!=0.000000 wholesale_price=0.000000
 unity unit_price=0.000000 unit_price_ratio=0.000000 additional_shipping_cost=0.000000 customizable=0 text_fields=0
 uploadable_files=0 active=0 redirect_type id_type_redirected=0 available_for_order=0 available_date=0000-00-00
 show_condition=0 condition show_price=0 indexed=0 visibility advanced_stock_management=0 date_add=T date_upd=T
 pack_stock_type=0 meta_description* meta_keywords* meta_title* link_rewrite* name!* description* description_short*
 available_now* available_later*""",
        "The products",
        associations={
            "categories": Association("category", api="categories"),
            "images": Association("image", api="images"),
            "combinations": Association("combination", api="combinations"),
            "product_option_values": Association("product_option_value", api="product_option_values"),
            "product_features": Association("product_feature", "id id_feature_value=0", "product_features"),
            "tags": Association("tag", api="tags"),
            "stock_availables": Association("stock_available", "id id_product_attribute=0", "stock_availables"),
            "attachments": Association("attachment", api="attachments"),
            "accessories": Association("product", api="products"),
            "product_bundle": Association("product", "id quantity=0", "products"),
        },
        writable_not=("manufacturer_name", "quantity"),
    ),
    Resource(
        "combinations",
        "combination",
        """id_product!=0>products ean13 isbn upc mpn reference supplier_reference wholesale_price=0.000000
 price=0.000000 ecotax=0.000000 weight=0.000000 unit_price_impact=0.000000 minimal_quantity!=0 low_stock_threshold=0
 low_stock_alert=0 default_on available_date=0000-00-00 available_now* available_later*""",
        "The product combinations",
        associations={
            "product_option_values": Association("product_option_value", api="product_option_values"),
            "images": Association("image", api="images/products"),
        },
    ),
    Resource(
        "stock_availables",
        "stock_available",
        """id_product!=0>products id_product_attribute!=0>combinations id_shop=0>shops id_shop_group=0 quantity!=0
 depends_on_stock!=0 out_of_stock!=0 location""",
        "Available quantities",
        forbidden=("POST", "DELETE"),
    ),
    Resource(
        "languages",
        "language",
        "name! iso_code! locale language_code active=0 is_rtl=0 date_format_lite! date_format_full!",
        "Shop languages",
    ),
    Resource(
        "groups",
        "group",
        "reduction=0.00 price_display_method!=0 show_prices=0 date_add=T date_upd=T name!*",
        "The customer's groups",
    ),
    Resource(
        "messages",
        "message",
        """id_cart=0>carts id_order=0>orders id_customer=0>customers id_employee=0>employees message! private=0
 date_add=T""",
        "The Messages",
    ),
    Resource(
        "specific_prices",
        "specific_price",
        """id_shop_group=0 id_shop!=0 id_cart!=0 id_product!=0 id_product_attribute=0 id_currency!=0 id_country!=0
 id_group!=0 id_customer!=0 id_specific_price_rule=0 price!=0.000000 from_quantity!=0 reduction!=0.000000
 reduction_tax!=0 reduction_type! from!=T to!=T""",
        "Specific price management",
    ),
]
RESOURCES = {resource.name: resource for resource in LIST}
#: Known to the shop, not simulated.
OTHERS = """attachments carts categories configurations contacts content_management_system customer_messages
 customer_threads customizations deliveries employees guests image_types images manufacturers price_ranges
 product_customization_fields product_feature_values product_features product_option_values product_options
 product_suppliers search shop_groups shop_urls shops specific_price_rules stock_movement_reasons stock_movements
 stocks stores suppliers supply_order_details supply_order_histories supply_order_receipt_histories
 supply_order_states supply_orders tags translated_configurations warehouse_product_locations warehouses
 weight_ranges zones""".split()
EVERY = sorted([*RESOURCES, *OTHERS])
