/** @odoo-module **/

import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {useLive} from "../live.esm";

export class SyncHubDashboardController extends kanbanView.Controller {
    setup() {
        super.setup();
        useLive(() => this.refresh(), {every: 20000, gather: 1000});
    }

    /** Read the figures again, unless a menu of a card is open: it would close. */
    async refresh() {
        if (!document.querySelector(".o_sync_hub_dashboard .show, .o_dialog")) {
            await this.model.root.load();
        }
    }
}

registry.category("views").add("sync_hub_dashboard", {...kanbanView, Controller: SyncHubDashboardController});
