// A client made with version 1 of the official TypeScript SDK. It knows the legacy era only.
// usage: typescript_v1.mjs SERVER

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { ask, capabilities, connection, drive, legacySubscriptions } from './driven.mjs';

const client = new Client({ name: 'interop', version: '1.0.0' }, { capabilities });
client.setRequestHandler(ElicitRequestSchema, request => ask(request.params));

const transport = connection({ StdioClientTransport, StreamableHTTPClientTransport });
let protocol;
const setProtocolVersion = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = version => {
    protocol = version;
    setProtocolVersion?.(version);
};
await client.connect(transport);

const { tasks } = client.experimental;

async function startTask(params) {
    for await (const message of tasks.callToolStream(params, CallToolResultSchema, { task: {} })) {
        if (message.type === 'taskCreated') return message.task;
        throw message.error ?? new Error('it is no task');
    }
}

await drive(client, transport, protocol, {
    callTool: (params, options) => client.callTool(params, undefined, options),
    ...legacySubscriptions(client),
    startTask,
    getTask: id => tasks.getTask(id),
    taskResult: id => tasks.getTaskResult(id, CallToolResultSchema),
    cancelTask: id => tasks.cancelTask(id),
});
