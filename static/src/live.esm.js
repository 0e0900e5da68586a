/** @odoo-module **/

import {onMounted, onWillUnmount, useEnv} from "@odoo/owl";

const CHANNEL = "sync_hub_dashboard";

/**
 * Calls back when something moved in the hub: by the bus, and by a timer, since ages grow by themselves and a server
 * without websocket tells nothing. Many messages that come at once are one call; a page that nobody sees gets none.
 *
 * @param {Function} refresh
 * @param {Object} options
 * @param {Number} options.every milliseconds of the timer
 * @param {Number} options.gather milliseconds in which messages are gathered
 * @param {Function} [options.concerns] whether a message is of interest
 */
export function useLive(refresh, {every, gather, concerns = () => true}) {
    const bus = useEnv().services.bus_service;
    let clock = null;
    let gathering = null;
    let gone = false;
    const look = () => {
        gathering = null;
        if (!gone && !document.hidden) {
            refresh();
        }
    };
    const moved = (message) => {
        if (!gone && concerns(message)) {
            gathering = gathering || setTimeout(look, gather);
        }
    };
    const tick = () => {
        gathering = gathering || setTimeout(look, gather);
    };
    onMounted(() => {
        bus.addChannel(CHANNEL);
        bus.subscribe("sync_hub/moved", moved);
        clock = setInterval(tick, every);
    });
    onWillUnmount(() => {
        gone = true;
        clearInterval(clock);
        clearTimeout(gathering);
        // 17.0 cannot unsubscribe: what comes after the end is not listened to.
        if (bus.unsubscribe) {
            bus.unsubscribe("sync_hub/moved", moved);
        }
        bus.deleteChannel(CHANNEL);
    });
}
