/** @odoo-module **/

import {onMounted, onWillUnmount} from "@odoo/owl";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

const CHANNEL = "sync_hub_dashboard";
// Many messages that come at once are one look.
const GATHER = 500;
// A server without websocket tells nothing.
const EVERY = 5000;

/** What the steps of a set-up wait for. */
const STEPS = {
    webhook: (data) => !data.heard,
    maps: (data) => data.values_reading,
};
/** What a form waits for: while it holds, the page looks again when something moves. */
const WAITS = {
    "sync.hub.onboarding": (data) => STEPS[data.step] && STEPS[data.step](data),
    "sync.hub.run": (data) => data.state === "running",
};

export class SyncHubLiveFormController extends formView.Controller {
    setup() {
        super.setup();
        const bus = this.env.services.bus_service;
        const moved = (message) => {
            const mine = this.model.root.data.connector_id;
            if (!message || !mine || message.connector_id === (Array.isArray(mine) ? mine[0] : mine.id)) {
                this.gathering = this.gathering || setTimeout(() => this.refresh(), GATHER);
            }
        };
        onMounted(() => {
            bus.addChannel(CHANNEL);
            bus.subscribe("sync_hub/moved", moved);
            this.clock = setInterval(() => moved(), EVERY);
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

    /** Read the page again, unless somebody is writing on it or a dialog is open. */
    async refresh() {
        this.gathering = null;
        const root = this.model.root;
        if (this.gone || document.hidden || root.isNew || !WAITS[root.resModel](root.data)) {
            return;
        }
        if (!document.querySelector(".o_dialog") && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("sync_hub_live_form", {...formView, Controller: SyncHubLiveFormController});
