// What the TypeScript clients have in common; session.py says how they are driven.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const say = message => process.stdout.write(JSON.stringify(message) + '\n');

/** What to connect to: {command, args, env} or {url, tokenFile}. */
const server = JSON.parse(process.argv.at(-1));

export const capabilities = { elicitation: { form: {} } };

/** The SDK's transport to the server. */
export function connection({ StdioClientTransport, StreamableHTTPClientTransport }) {
    if (server.command) return new StdioClientTransport(server);
    const headers = server.tokenFile ? { Authorization: `Bearer ${readFileSync(server.tokenFile, 'utf8').trim()}` } : {};
    return new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } });
}

let answer = { action: 'cancel' };

/** What the user of this client answers to a question. */
export function ask(params) {
    say({ id: 0, asked: params });
    return answer;
}

/**
 * Does what standard input says until it ends. What differs between the SDKs is in `sdk`: callTool(params, options),
 * subscribe(wishes), unsubscribe(), and the four things that can be done to a task.
 */
export async function drive(client, transport, protocol, sdk) {
    const aborts = new Map();
    client.fallbackNotificationHandler = async notification => say({ id: 0, notification });

    const actions = {
        list: () => client.listTools(),
        call({ id, tool, arguments: args }) {
            const abort = new AbortController();
            aborts.set(id, abort);
            const onprogress = progress => say({ id, progress });
            return sdk.callTool({ name: tool, arguments: args }, { onprogress, signal: abort.signal, timeout: 120_000 });
        },
        cancel: ({ call }) => aborts.get(call).abort('cancelled'),
        answer: ({ with: next }) => void (answer = next),
        subscribe: ({ wishes }) => sdk.subscribe(wishes),
        unsubscribe: () => sdk.unsubscribe(),
        start_task: ({ tool, arguments: args }) => sdk.startTask({ name: tool, arguments: args }),
        get_task: ({ task }) => sdk.getTask(task),
        task_result: ({ task }) => sdk.taskResult(task),
        cancel_task: ({ task }) => sdk.cancelTask(task),
    };

    async function obey(order) {
        const { id } = order;
        try {
            say({ id, result: (await actions[order.do](order)) ?? {} });
        } catch (error) {
            say({ id, error: { code: error?.code, message: String(error?.message ?? error) } });
        }
    }

    say({ id: 0, result: { protocol, server: client.getServerVersion(), instructions: client.getInstructions() } });
    for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line));
    // What a client does that will not come back.
    await transport.terminateSession?.();
    await client.close();
    process.exit();
}

/** Subscriptions of the legacy era: resource by resource; changes of lists come unasked. */
export function legacySubscriptions(client) {
    let subscribed = [];
    return {
        async subscribe({ uris }) {
            for (const uri of uris) await client.subscribeResource({ uri });
            subscribed = uris;
        },
        async unsubscribe() {
            for (const uri of subscribed) await client.unsubscribeResource({ uri });
        },
    };
}
