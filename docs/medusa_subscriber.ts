// Tells Sync Hub what happens in this Medusa (v2). Copy it to src/subscribers/ and set in the environment
// SYNC_HUB_URL (https://<odoo>/medusa/webhook) and SYNC_HUB_SECRET (the connector's webhook secret).
import { createHmac } from "crypto"

// The record that leads to the order, where the event names none.
const ROADS = {
  payment: { entity: "payment", path: ["payment_collection", "order"] },
  shipment: { entity: "fulfillment", path: ["order"] },
  delivery: { entity: "fulfillment", path: ["order"] },
}

async function orderOf(name, id, container) {
  const road = ROADS[name.split(".")[0]]
  if (!road) return undefined
  const fields = ["id", `${road.path.join(".")}.id`]
  const { data } = await container.resolve("query").graph({ entity: road.entity, fields, filters: { id } })
  return road.path.reduce((record, key) => record?.[key], data[0])?.id
}

export default async function tellSyncHub({ event, container }) {
  const { SYNC_HUB_URL: url, SYNC_HUB_SECRET: secret } = process.env
  if (!url || !secret) return
  const { name, data, metadata } = event
  const id = data.id ?? data.order_id
  const order_id = data.order_id ?? (await orderOf(name, id, container).catch(() => undefined))
  const body = JSON.stringify({ event: name, data: { id, order_id } })
  for (let attempt = 1; attempt <= 3; attempt++) {
    const stamp = String(Date.now())
    const signature = createHmac("sha256", secret).update(`${stamp}.${body}`).digest("hex")
    const headers = {
      "content-type": "application/json",
      "x-medusa-event": name,
      "x-medusa-event-id": `${metadata?.eventGroupId ?? Date.now()}:${name}:${id}`,
      "x-medusa-timestamp": stamp,
      "x-medusa-signature": `sha256=${signature}`,
    }
    try {
      const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10000) })
      if (answer.ok) return
      if (answer.status < 500 && answer.status !== 429) break
    } catch {
      // No answer: once more. What is lost for good is found by Sync Hub's own reading.
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000))
  }
  console.warn(`Sync Hub has not taken ${name} ${id}`)
}

export const config = {
  event: [
    ...["placed", "updated", "canceled", "completed", "archived"].map((what) => `order.${what}`),
    ...["fulfillment_created", "fulfillment_canceled"].map((what) => `order.${what}`),
    ...["return_requested", "return_received", "claim_created", "exchange_created"].map((what) => `order.${what}`),
    ...["order-edit.confirmed", "shipment.created", "delivery.created", "payment.captured", "payment.refunded"],
    ...["customer.created", "customer.updated", "product.created", "product.updated", "product.deleted"],
    ...["created", "updated", "deleted"].map((what) => `product-variant.${what}`),
    ...["inventory-level.created", "inventory-level.updated", "inventory-level.deleted"],
  ],
}
