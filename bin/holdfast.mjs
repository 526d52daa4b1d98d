#!/usr/bin/env node
// Plain JavaScript without dependencies: it runs on Node 20 before anything is installed.
import { launch } from './launcher.mjs'

process.exitCode = await launch(process.argv.slice(2))
