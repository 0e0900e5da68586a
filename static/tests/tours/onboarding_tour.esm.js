/** @odoo-module **/

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_service/tour_utils";

// The test says where the shop is, and posts its first message with the secret that the page has shown.
const shop = () => window.hubShop;
const on = (content, marker, more = []) => [
    {content, trigger: `.o_form_view ${marker}`, run: () => {}},
    ...more,
    {trigger: ".o_form_view button[name='action_next']:contains('Next')"},
];

registry.category("web_tour.tours").add("sync_hub_connect_a_shop", {
    test: true,
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {trigger: ".o_app[data-menu-xmlid='sync_hub.menu_root']"},
        {trigger: ".o_control_panel button:contains('Connect a shop')"},
        ...on("Which shop", "div[name='kind']", [
            {trigger: "div[name='kind'] input[data-value='cartona']", run: "click"},
            {trigger: "div[name='name'] input", run: "text Market of the tour"},
        ]),
        ...on("How it is reached", "div[name='url'] input", [
            {trigger: "div[name='url'] input", run: () => {
                const input = document.querySelector("div[name='url'] input");
                input.value = shop();
                input.dispatchEvent(new Event("input", {bubbles: true}));
                input.dispatchEvent(new Event("change", {bubbles: true}));
            }},
            {trigger: "div[name='token'] input", run: "text demo-cartona-token"},
        ]),
        {
            content: "Without a test the set-up does not go on by itself",
            trigger: ".o_form_view button[name='action_test_now']",
        },
        ...on("The shop has answered", ".alert-success"),
        ...on("What goes where", "div[name='push_price']"),
        ...on("In Odoo", "div[name='warehouse_ids']"),
        ...on("Values", "button[name='action_all_values']"),
        {
            content: "The address and a secret to paste",
            trigger: ".o_form_view button[name='action_show_secret']",
        },
        {
            content: "Shown once",
            trigger: ".modal-body [name='secret']",
            run: () => {
                const field = document.querySelector(".modal-body [name='secret']");
                const text = (field.querySelector("input") || {}).value || field.innerText;
                console.log(`hub: secret ${text.trim().split(/\s/)[0]}`);
            },
        },
        {trigger: ".modal-footer button"},
        ...on("The first message turns it green by itself", ".o_sync_hub_heard"),
        {trigger: ".o_form_view button[name='action_start']"},
        {
            content: "The first sync shows how far it is",
            trigger: ".o_form_view div[name='progress']",
            run: () => {},
        },
    ],
});
