// A client made with version 1 of the official TypeScript SDK. It knows the legacy era only.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

import { drive, server } from './driven.mjs';

const client = new Client({ name: 'interop', version: '1.0.0' });
const transport = new StdioClientTransport(server);
let protocol;
transport.setProtocolVersion = version => (protocol = version);
await client.connect(transport);
await drive({ client, protocol, callTool: (params, options) => client.callTool(params, undefined, options) });
