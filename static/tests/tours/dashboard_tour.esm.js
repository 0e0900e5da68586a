/** @odoo-module **/

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_service/tour_utils";

// The test posts the message while the dashboard is open; nothing in the page asks for it.
registry.category("web_tour.tours").add("sync_hub_webhook_arrives", {
    test: true,
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "The application's first screen is its dashboard",
            trigger: ".o_app[data-menu-xmlid='sync_hub.menu_root']",
        },
        {
            content: "Nothing was done yet",
            trigger: ".o_kanban_record:contains('Shop of the tour') .o_sync_hub_done:contains('0')",
            run: () => console.log("hub: post"),
        },
        {
            content: "The message is on the card",
            trigger: ".o_kanban_record:contains('Shop of the tour') .o_sync_hub_done:contains('1')",
            run: () => {},
        },
        {
            content: "And one click away",
            trigger: ".o_kanban_record:contains('Shop of the tour') .o_sync_hub_done",
        },
        {
            content: "The log shows it",
            trigger: ".o_list_view .o_data_row .o_data_cell:contains('customer')",
            run: () => {},
        },
    ],
});
