/** @odoo-module **/

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_service/tour_utils";

const CARD = ".o_kanban_record:contains('Market of the tour')";
const HOME = {trigger: ".o_main_navbar a:contains('Dashboard'), .o_main_navbar button:contains('Dashboard')"};
const audit = (found) => [
    {trigger: `${CARD} .o_sync_hub_name`},
    {trigger: ".o_form_view button[name='action_audit']"},
    {
        content: "Its page opens",
        trigger: ".o_form_view div[name='compared']",
        run: () => {},
    },
    HOME,
    {
        content: "The card says what it has found",
        trigger: `${CARD} a:contains('${found}')`,
    },
];

// A shop shows other values than Odoo: an audit finds them, they are sent, the next audit finds none.
registry.category("web_tour.tours").add("sync_hub_audit_fixed", {
    test: true,
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {trigger: ".o_app[data-menu-xmlid='sync_hub.menu_root']"},
        ...audit("open differences: 3"),
        {
            content: "The report names the product and both values",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:contains('GEN-00002') .o_data_cell[name='remote_value']",
            run: () => {},
        },
        {trigger: "button[name='action_fix_all']"},
        {trigger: ".modal-footer .btn-primary"},
        HOME,
        {
            content: "What was sent is no difference any more",
            trigger: `${CARD} a:contains('no difference')`,
            run: () => {},
        },
        ...audit("no difference"),
        {
            trigger: ".o_form_view .alert-success:contains('The shop shows what Odoo would tell it')",
            run: () => {},
        },
    ],
});
