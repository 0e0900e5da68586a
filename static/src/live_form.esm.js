/** @odoo-module **/

import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {useLive} from "./live.esm";

/** What the steps of a set-up wait for. */
const STEPS = {
    webhook: (data) => !data.heard,
    maps: (data) => data.values_reading,
};
/** What a form waits for: while it holds, the page looks again when something moves. */
const WAITS = {
    "sync.hub.onboarding": (data) => STEPS[data.step] && STEPS[data.step](data),
    "sync.hub.run": (data) => data.state === "running",
    "sync.hub.audit": (data) => data.state === "running" || data.open_count > 0,
};

export class SyncHubLiveFormController extends formView.Controller {
    setup() {
        super.setup();
        useLive(() => this.refresh(), {
            every: 5000,
            gather: 500,
            concerns: ({connector_id}) => {
                const mine = this.model.root.data.connector_id;
                return !mine || connector_id === (Array.isArray(mine) ? mine[0] : mine.id);
            },
        });
    }

    /** Read the page again, unless somebody is writing on it or a dialog is open. */
    async refresh() {
        const root = this.model.root;
        if (root.isNew || !WAITS[root.resModel](root.data) || document.querySelector(".o_dialog")) {
            return;
        }
        if (!(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("sync_hub_live_form", {...formView, Controller: SyncHubLiveFormController});
