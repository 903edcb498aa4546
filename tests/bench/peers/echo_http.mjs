// Streamable HTTP at /mcp with a session for each client; replies are streams of events, as the SDK has it by itself.
// Prints the port that it listens on.

import { randomUUID } from 'node:crypto';

import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';

import { echoServer } from './echo_server.mjs';

const sessions = new Map();

async function newSession() {
    const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: id => sessions.set(id, transport),
        onsessionclosed: id => sessions.delete(id),
    });
    await echoServer().connect(transport);
    return transport;
}

async function answer(request, response) {
    const id = request.headers['mcp-session-id'];
    const isNew = id === undefined && isInitializeRequest(request.body);
    const transport = isNew ? await newSession() : sessions.get(id);
    if (transport) await transport.handleRequest(request, response, request.body);
    else response.status(id === undefined ? 400 : 404).end();
}

const app = createMcpExpressApp();
app.all('/mcp', answer);
const listener = app.listen(0, '127.0.0.1', () => console.log(listener.address().port));
