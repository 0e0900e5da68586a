/** @odoo-module **/

import {registry} from "@web/core/registry";

const CODE = "div[name='code'] input";

// A buyer pays in instalments: the transfer is validated with the code that he reads out, not with another one.
registry.category("web_tour.tours").add("sync_hub_delivery_code", {
    test: true,
    steps: () => [
        {
            content: "The transfer of the order",
            trigger: ".o_form_view button[name='button_validate']",
        },
        {
            content: "The marketplace asks for the buyer's code",
            trigger: CODE,
            run: "text 112233",
        },
        {trigger: ".modal-footer button[name='action_validate']"},
        {
            content: "A wrong code is refused in words",
            trigger: ".modal-body:contains('did not accept the delivery code')",
            run: () => {},
        },
        {trigger: ".modal-footer button"},
        {
            trigger: CODE,
            run: "text 739104",
        },
        {trigger: ".modal-footer button[name='action_validate']"},
        {
            content: "With the right one the transfer is done",
            trigger: ".o_statusbar_buttons button:contains('Return')",
            run: () => {},
        },
    ],
});
