import { createRouter } from '@tanstack/react-router'
import { client } from './client.ts'
import { routeTree } from './routes.tsx'

export const router = createRouter({
  routeTree,
  context: { client },
  defaultPreload: false,
  scrollRestoration: true,
})
