/** @odoo-module **/

import {registry} from "@web/core/registry";

const CODE = ".modal div[name='code'] input";

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
        {trigger: ".modal button[name='action_validate']"},
        {
            content: "A wrong code is refused in words",
            trigger: ".modal:contains('did not accept the delivery code') .modal-footer button",
        },
        {
            trigger: CODE,
            run: "text 739104",
        },
        {trigger: ".modal button[name='action_validate']"},
        {
            content: "With the right one the transfer is done",
            trigger: ".o_arrow_button_current[data-value='done']",
            run: () => {},
        },
    ],
});
