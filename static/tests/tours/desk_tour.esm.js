/** @odoo-module **/

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_service/tour_utils";

const CARD = ".o_kanban_record:contains('Shop of the tour')";

// An order came in a currency that nobody has mapped: from the card to the desk, to the value map, and to the order.
registry.category("web_tour.tours").add("sync_hub_mapping_mended", {
    test: true,
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {trigger: ".o_app[data-menu-xmlid='sync_hub.menu_root']"},
        {
            content: "The order's operations have failed",
            trigger: `${CARD} .o_sync_hub_failed:contains('3')`,
        },
        {
            content: "The desk names the cause",
            trigger: ".o_list_view .o_data_row .o_data_cell[name='cause']:contains('Currency')",
        },
        {
            content: "And leads to where it is mended",
            trigger: ".o_form_view button[name='action_remedy']",
        },
        {
            content: "The map entry is there, its Odoo side is empty",
            trigger: ".o_form_view div[name='currency_id'] input",
            run: "text USD",
        },
        {trigger: ".ui-autocomplete .ui-menu-item a:contains('USD'), .o-autocomplete--dropdown-item a:contains('USD')"},
        {trigger: ".o_form_button_save"},
        {
            content: "What has waited is retried from here",
            trigger: ".o_form_view button[name='action_retry_waiting']",
        },
        {
            content: "The page knows that nothing waits any more",
            trigger: ".o_form_view:not(:has(button[name='action_retry_waiting']))",
            run: () => {},
        },
        {
            content: "The dashboard says so by itself",
            trigger: ".o_main_navbar a:contains('Dashboard'), .o_main_navbar button:contains('Dashboard')",
        },
        {
            trigger: `${CARD} .o_sync_hub_failed:contains('0')`,
            extra_trigger: `${CARD} .o_sync_hub_done:contains('3')`,
            run: () => {},
        },
    ],
});
