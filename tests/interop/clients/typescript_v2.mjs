// A client made with version 2 of the official TypeScript SDK, and its package for tasks.
// usage: typescript_v2.mjs legacy|auto SERVER

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createTaskSessionFromClient, resultFromTaskOutcome, toolDeclarationFromMcpTool } from '@modelcontextprotocol/ext-tasks/client';

import { ask, capabilities, connection, drive, legacySubscriptions } from './driven.mjs';
import { rawDispatch } from './raw_dispatch.mjs';

const mode = process.argv.at(-2);
const clientInfo = { name: 'interop', version: '1.0.0' };
const client = new Client(clientInfo, { capabilities, versionNegotiation: { mode } });
client.setRequestHandler('elicitation/create', request => ask(request.params));
const transport = connection({ StdioClientTransport, StreamableHTTPClientTransport });
await client.connect(transport);
const protocol = client.getNegotiatedProtocolVersion();

function modernSubscriptions() {
    let subscription;
    return {
        async subscribe({ uris }) {
            subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: uris });
        },
        unsubscribe: () => subscription.close(),
    };
}

let session;
/** Made when it is needed: it takes over the client's handlers. */
function tasks() {
    session ??= createTaskSessionFromClient(client, {
        endpointId: 'interop',
        rawDispatch: rawDispatch(client, transport),
        v2RequestFraming: { protocolVersion: protocol, clientInfo, clientCapabilities: capabilities },
    });
    return session;
}

async function startTask({ name, arguments: args }) {
    const { tools } = await client.listTools();
    const declaration = toolDeclarationFromMcpTool(tools.find(tool => tool.name === name));
    const execution = await tasks().callTool(name, args, { declaration, task: { preference: 'require' } });
    await execution.detach(); // nobody asks how it goes until we do
    return tasks().task(execution.handle.taskId).snapshot();
}

await drive(client, transport, protocol, {
    callTool: (params, options) => client.callTool(params, options),
    ...(client.getProtocolEra() === 'modern' ? modernSubscriptions() : legacySubscriptions(client)),
    startTask,
    getTask: id => tasks().task(id).snapshot(),
    taskResult: async id => resultFromTaskOutcome(await tasks().task(id).result()),
    cancelTask: id => tasks().task(id).cancel(),
});
