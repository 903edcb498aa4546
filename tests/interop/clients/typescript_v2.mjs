// A client made with version 2 of the official TypeScript SDK.
// usage: typescript_v2.mjs legacy|auto {"command":"..","args":[..],"env":{..}}

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { drive, server } from './driven.mjs';

const mode = process.argv.at(-2);
const client = new Client({ name: 'interop', version: '1.0.0' }, { versionNegotiation: { mode } });
await client.connect(new StdioClientTransport(server));
await drive({
    client,
    protocol: client.getNegotiatedProtocolVersion(),
    callTool: (params, options) => client.callTool(params, options),
});
