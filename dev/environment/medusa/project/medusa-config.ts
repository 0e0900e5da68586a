import { defineConfig } from "@medusajs/framework/utils"

// Everything that differs from one backend to the next comes from its environment; without Redis the
// event bus, the cache, the locks and the workflows are Medusa's own in-memory ones.
module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { connection: { ssl: false } },
    http: {
      storeCors: "http://localhost",
      adminCors: "http://localhost",
      authCors: "http://localhost",
      jwtSecret: "for tests only",
      cookieSecret: "for tests only",
    },
  },
})
