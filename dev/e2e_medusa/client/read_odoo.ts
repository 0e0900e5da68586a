// A client that reads Odoo's products into Medusa with the calls, the page size and the mapping of Medusa's own recipe.
// Run by `medusa exec`; ODOO_URL, ODOO_DB, ODOO_LOGIN and ODOO_KEY say from where. Prints one line of JSON.

import { createProductsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows"
import { JSONRPCClient } from "json-rpc-2.0"

const PAGE = 10
const PLAIN = [
  "id", "display_name", "is_published", "website_url", "name", "list_price", "description", "description_sale",
  "qty_available", "location_id", "taxes_id", "hs_code", "allow_out_of_stock_order", "is_kits", "image_1920",
  "image_1024", "image_512", "image_256",
]
const named = { fields: { display_name: {} } }
const quiet = { context: { show_attribute: false } }
const plain = Object.fromEntries(PLAIN.map((name) => [name, {}]))
const SPECIFICATION = {
  ...plain,
  currency_id: named,
  product_variant_ids: {
    fields: {
      ...plain,
      currency_id: named,
      code: {},
      product_template_variant_value_ids: { fields: { name: {}, attribute_id: named }, ...quiet },
    },
    context: { show_code: false },
  },
  attribute_line_ids: { fields: { attribute_id: named, value_ids: { ...named, ...quiet } } },
}

const client: any = new JSONRPCClient(async (request) => {
  const response = await fetch(`${process.env.ODOO_URL}/jsonrpc`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  })
  client.receive(await response.json())
})

let uid: number
const call = (service: string, method: string, args: unknown[]) => client.request("call", { service, method, args })
const execute = (method: string, args: unknown[], kwargs: object) =>
  call("object", "execute_kw", [process.env.ODOO_DB, uid, process.env.ODOO_KEY, "product.template", method, args, kwargs])

function variant(row: any, known?: any) {
  const options = row.product_template_variant_value_ids.map((value: any) => [value.attribute_id.display_name, value.name])
  return {
    id: known?.variants.find((one: any) => one.sku === row.code)?.id,
    title: row.display_name.replace(`[${row.code}] `, ""),
    sku: row.code || undefined,
    options: options.length ? Object.fromEntries(options) : { Default: "Default" },
    prices: [{ amount: row.list_price, currency_code: row.currency_id.display_name.toLowerCase() }],
    manage_inventory: false,
    metadata: { external_id: `${row.id}` },
  }
}

function product(row: any, shop: any, known?: any) {
  const lines = row.attribute_line_ids.map((line: any) => ({
    title: line.attribute_id.display_name,
    values: line.value_ids.map((value: any) => value.display_name),
  }))
  return {
    ...(known ? { id: known.id } : shop),
    external_id: `${row.id}`,
    title: row.display_name,
    description: row.description || row.description_sale || "",
    status: row.is_published ? "published" : "draft",
    handle: row.website_url.replace("/shop/", ""),
    hs_code: row.hs_code || "",
    options: lines.length ? lines : [{ title: "Default", values: ["Default"] }],
    variants: row.product_variant_ids.map((one: any) => variant(one, known)),
  }
}

export default async function readOdoo({ container }: any) {
  uid = await call("common", "authenticate", [process.env.ODOO_DB, process.env.ODOO_LOGIN, process.env.ODOO_KEY, {}])
  const query = container.resolve("query")
  const { data: profiles } = await query.graph({ entity: "shipping_profile", fields: ["id"] })
  const told = { created: 0, updated: 0, pages: 0, failed: [] as string[] }
  for (let offset = 0; ; offset += PAGE) {
    const ids = await execute("search", [[["is_product_variant", "=", false]]], { offset, limit: PAGE })
    const rows = await execute("web_read", [ids], { specification: SPECIFICATION })
    if (!rows.length) break
    told.pages++
    const { data: existing } = await query.graph({
      entity: "product",
      fields: ["id", "external_id", "variants.id", "variants.sku"],
      filters: { external_id: rows.map((row: any) => `${row.id}`) },
    })
    const known = (row: any) => existing.find((one: any) => one.external_id === `${row.id}`)
    const shop = { shipping_profile_id: profiles[0].id }
    const all = rows.map((row: any) => product(row, shop, known(row)))
    const fresh = all.filter((one: any) => !one.id)
    const older = all.filter((one: any) => one.id)
    try {
      // One product that Medusa refuses takes its whole page with it.
      if (fresh.length) await createProductsWorkflow(container).run({ input: { products: fresh } })
      if (older.length) await updateProductsWorkflow(container).run({ input: { products: older } })
      told.created += fresh.length
      told.updated += older.length
    } catch (error: any) {
      told.failed.push(`${offset}: ${error.message}`)
    }
  }
  console.log(`READ ${JSON.stringify(told)}`)
}
