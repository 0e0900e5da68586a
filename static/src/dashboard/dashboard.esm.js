/** @odoo-module **/

import {onMounted, onWillUnmount} from "@odoo/owl";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";

const CHANNEL = "sync_hub_dashboard";
// Many messages that come at once are one look at the figures.
const GATHER = 1000;
// Ages grow by themselves, and a server without websocket tells nothing.
const EVERY = 20000;

export class SyncHubDashboardController extends kanbanView.Controller {
    setup() {
        super.setup();
        const bus = this.env.services.bus_service;
        const moved = () => {
            this.gathering = this.gathering || setTimeout(() => this.refresh(), GATHER);
        };
        onMounted(() => {
            bus.addChannel(CHANNEL);
            bus.subscribe("sync_hub/moved", moved);
            this.clock = setInterval(moved, EVERY);
        });
        onWillUnmount(() => {
            if (bus.unsubscribe) {
                bus.unsubscribe("sync_hub/moved", moved);
            }
            bus.deleteChannel(CHANNEL);
            clearInterval(this.clock);
            clearTimeout(this.gathering);
            this.gone = true;
        });
    }

    /** Read the figures again, unless nobody looks or a menu of a card is open: it would close. */
    async refresh() {
        this.gathering = null;
        const busy = document.querySelector(".o_sync_hub_dashboard .show, .o_dialog");
        if (!this.gone && !document.hidden && !busy) {
            await this.model.root.load();
        }
    }
}

registry.category("views").add("sync_hub_dashboard", {...kanbanView, Controller: SyncHubDashboardController});
